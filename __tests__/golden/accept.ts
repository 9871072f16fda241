/** Accepts the current output as golden: `npm run golden`. */
import { API_REPORT, apiReport } from "./api-report";
import { apiReference } from "./api-reference";
import { fleetTexts } from "./fleets";
import { accept } from "./golden";
import { references } from "./references";

accept(fleetTexts("plant"), { [API_REPORT]: apiReport(), ...references(), ...apiReference().pages });

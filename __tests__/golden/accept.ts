/** Makes golden what is now: `npm run golden`. */
import { apiReport } from "./api-report";
import { fleetTexts } from "./fleets";
import { accept } from "./golden";

accept(fleetTexts("plant"), apiReport());

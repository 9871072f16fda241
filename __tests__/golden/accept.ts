/** Accepts the current output as golden: `npm run golden`. */
import { API_REPORT, apiReport } from "./api-report";
import { apiReference } from "./api-reference";
import { fleetTexts } from "./fleets";
import { accept } from "./golden";
import { references } from "./references";

void references().then((files) => {
  accept(fleetTexts("plant"), { [API_REPORT]: apiReport(), ...files, ...apiReference().pages });
});

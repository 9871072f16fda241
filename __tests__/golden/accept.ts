/** Makes golden what is now: `npm run golden`. */
import { fleetTexts } from "./fleets";
import { accept } from "./golden";

accept(fleetTexts("plant"));

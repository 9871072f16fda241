import { jsonText } from "../../../errors";
import type { Check } from "../checked-broker";

/** As schema/check.schema.json has it. */
export function toJson(check: Check): string {
  return `${jsonText({ version: 1, ...check }, 2)}\n`;
}

import { jsonText } from "../../../errors";
import type { Check } from "../checked-broker";

/** The format of schema/check.schema.json. */
export function toJson(check: Check): string {
  return `${jsonText({ version: 1, ...check }, 2)}\n`;
}

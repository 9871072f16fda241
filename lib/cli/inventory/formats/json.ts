import { jsonText } from "../../../errors";
import type { Inventory } from "../entry";

/** As schema/inventory.schema.json has it. */
export function toJson(inventory: Inventory): string {
  return `${jsonText({ version: 1, ...inventory }, 2)}\n`;
}

import { jsonText } from "../../../errors";
import type { Inventory } from "../entry";

/** The format of schema/inventory.schema.json. */
export function toJson(inventory: Inventory): string {
  return `${jsonText({ version: 1, ...inventory }, 2)}\n`;
}

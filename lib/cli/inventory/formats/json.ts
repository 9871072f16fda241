import type { Inventory } from "../entry";

/** As schema/inventory.schema.json has it. */
export function toJson(inventory: Inventory): string {
  return `${JSON.stringify({ version: 1, ...inventory }, undefined, 2)}\n`;
}

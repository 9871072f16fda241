import { h } from "../../page/markup/markup";
import { documentOf } from "../../page/page";
import type { Inventory } from "../entry";
import { inventoryDataOf } from "../page/inventory-data";
import { InventoryPage } from "../page/inventory-page";

/** One HTML file for a browser, which loads nothing else: for people without a terminal. */
export function toHtml(inventory: Inventory): string {
  const data = inventoryDataOf(inventory);
  return documentOf({
    title: `Certificates on ${inventory.time.slice(0, 10)}`,
    body: <InventoryPage inventory={inventory} rows={data.rows} />,
    data,
  });
}

import type { InventoryData } from "../inventory/page/row";
import type { ReviewData } from "../review/page/row";

/** The data that a page passes to its script. */
export type PageData = InventoryData | ReviewData;

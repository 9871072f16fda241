import type { InventoryData } from "../inventory/page/row";
import type { ReviewData } from "../review/page/row";

/** What a page hands to its script. */
export type PageData = InventoryData | ReviewData;

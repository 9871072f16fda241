import { inventoryListing } from "../../inventory/page/inventory-listing";
import { reviewListing } from "../../review/page/review-listing";
import type { PageData } from "../page-data";
import { start } from "./start";

/** The same version made the page, so the data has the declared type. */
const data = JSON.parse(document.getElementById("data")?.textContent ?? "") as PageData;
const place = document.getElementById("listing");
// A review without changes has no list.
if (place !== null) {
  if (data.page === "inventory") {
    start(place, inventoryListing(data));
  } else {
    start(place, reviewListing(data));
  }
}
performance.mark("ready");

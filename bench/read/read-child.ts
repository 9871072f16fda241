/**
 * Reviews a plan, or takes the inventory of a state, and prints, as JSON, what that took. Each measurement has its own
 * process: the peak of its memory is then that of one file.
 *
 *     node --import tsx bench/read/read-child.ts FILE
 */
import { readFileSync } from "node:fs";
import { toMarkdown as inventoryToMarkdown } from "../../lib/cli/inventory/formats/markdown";
import { inventoryOf } from "../../lib/cli/inventory/inventory";
import { stateSource } from "../../lib/cli/inventory/state-source";
import { toMarkdown as reviewToMarkdown } from "../../lib/cli/review/formats/markdown";
import { review } from "../../lib/cli/review/review";
import { readPlan } from "../../lib/cli/terraform/plan";
import { readDocument } from "../../lib/cli/terraform/document";

const [path = ""] = process.argv.slice(2);

const start = performance.now();
const { brokers, page } = tell(readFileSync(path));
const seconds = (performance.now() - start) / 1000;

console.log(JSON.stringify({ seconds, kibibytes: process.resourceUsage().maxRSS, brokers, characters: page.length }));

function tell(bytes: Uint8Array): { brokers: number; page: string } {
  if (readDocument(path, bytes, "plan").kind === "state") {
    const inventory = inventoryOf([stateSource(path, bytes)], new Date());
    return { brokers: inventory.certificates.length, page: inventoryToMarkdown(inventory) };
  }
  const found = review([readPlan(path, bytes)], new Date());
  return { brokers: found.certificates.length + found.unchanged, page: reviewToMarkdown(found) };
}

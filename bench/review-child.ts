/**
 * Reviews a plan, and prints, as JSON, what that took. A process of its own for each measurement: the peak of its memory is
 * then that of one review.
 *
 *     node --import tsx bench/review-child.ts PLAN
 */
import { readFileSync } from "node:fs";
import { toMarkdown } from "../lib/cli/review/markdown";
import { review } from "../lib/cli/review/review";
import { readPlan } from "../lib/cli/terraform/plan";

const [path = ""] = process.argv.slice(2);

const start = performance.now();
const found = review([readPlan(path, readFileSync(path))], new Date());
const { length } = toMarkdown(found);
const seconds = (performance.now() - start) / 1000;

const { certificates, unchanged } = found;
console.log(
  JSON.stringify({
    seconds,
    kibibytes: process.resourceUsage().maxRSS,
    brokers: certificates.length + unchanged,
    length,
  }),
);

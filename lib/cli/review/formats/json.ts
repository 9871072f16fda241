import type { Review } from "../review";

/** As schema/review.schema.json has it. */
export function toJson(review: Review): string {
  return `${JSON.stringify({ version: 1, ...review }, undefined, 2)}\n`;
}

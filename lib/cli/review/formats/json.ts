import { jsonText } from "../../../errors";
import type { Review } from "../review";

/** As schema/review.schema.json has it. */
export function toJson(review: Review): string {
  return `${jsonText({ version: 1, ...review }, 2)}\n`;
}

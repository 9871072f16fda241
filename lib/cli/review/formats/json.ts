import { jsonText } from "../../../errors";
import type { Review } from "../review";

/** Writes JSON of the schema schema/review.schema.json. */
export function toJson(review: Review): string {
  return `${jsonText({ version: 1, ...review }, 2)}\n`;
}

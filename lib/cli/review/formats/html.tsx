import { h } from "../../page/markup/markup";
import { documentOf } from "../../page/page";
import { reviewDataOf } from "../page/review-data";
import { ReviewPage } from "../page/review-page";
import type { Review } from "../review";

/** Writes one HTML file that loads nothing: for people without a terminal. */
export function toHtml(review: Review): string {
  const data = reviewDataOf(review);
  return documentOf({
    title: "What a plan does to certificates",
    body: <ReviewPage review={review} data={data} />,
    data,
  });
}

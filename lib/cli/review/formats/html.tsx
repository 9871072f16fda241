import { h } from "../../page/markup/markup";
import { documentOf } from "../../page/page";
import { reviewDataOf } from "../page/review-data";
import { ReviewPage } from "../page/review-page";
import type { Review } from "../review";

/** One file for a browser, which loads nothing: for who has no terminal. */
export function toHtml(review: Review): string {
  const data = reviewDataOf(review);
  return documentOf({
    title: "What a plan does to certificates",
    body: <ReviewPage review={review} data={data} />,
    data,
  });
}

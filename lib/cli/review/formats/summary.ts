import { countsOf, decimal, numberOf } from "../../show/numbers";
import type { ReviewedChange } from "../impact";
import { inOrder, type Kind } from "../kinds";
import type { Review } from "../review";

/** The whole review in one sentence. */
export function headlineOf(review: Review): string {
  const { counts, unchanged, reloads, others, outputs, drift } = review;
  const changed = review.authorities.length + review.certificates.length;
  if (changed > 0) {
    return `${numberOf(changed, "certificate")} ${changed === 1 ? "changes" : "change"} and ${stay(unchanged)}: ${countsOf(counts)}`;
  }
  const changing = [
    others.length > 0 && numberOf(others.length, "other resource"),
    outputs.length > 0 && numberOf(outputs.length, "output"),
  ].filter((part) => part !== false);
  const besides = [
    reloads.length > 0 && `${numberOf(reloads.length, "reload command")} will run`,
    changing.length > 0 && `${changing.join(" and ")} will change`,
  ].filter((part) => part !== false);
  if (besides.length > 0) {
    return `No certificate changes and ${stay(unchanged)}, but ${besides.join(", and ")}`;
  }
  if (drift.length > 0) {
    return `No certificate changes and ${stay(unchanged)}, but ${numberOf(drift.length, "resource")} drifted`;
  }
  return review.incomplete.length > 0
    ? `No certificate changes in this part of the plan, and ${stay(unchanged)}`
    : `Nothing changes: ${numberOf(unchanged, "certificate")} ${unchanged === 1 ? "stays the same" : "stay the same"}`;
}

function stay(unchanged: number): string {
  return `${decimal(unchanged)} ${unchanged === 1 ? "stays" : "stay"}`;
}

/** The number of changes of each kind, the gravest first. A change with several kinds counts for each. */
export function countKinds(changes: readonly ReviewedChange[]): Partial<Record<Kind, number>> {
  const counts: Partial<Record<Kind, number>> = {};
  for (const kind of changes.flatMap(({ kinds }) => kinds)) {
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return Object.fromEntries(inOrder(Object.keys(counts) as Kind[]).map((kind) => [kind, counts[kind] ?? 0]));
}

import type { Declarations } from "../declared/declarations";
import type { Group } from "../show/groups";
import type { ReviewedChange } from "../review/impact";
import type { OtherChange } from "../review/other-change";
import type { Review } from "../review/review";
import type { Finding, Level } from "./finding";

/** The level of a change that `--fail-on` does not name. */
const LEVEL_OF_GROUP: Readonly<Record<Group, Level>> = {
  danger: "warning",
  broker: "note",
  clients: "note",
  nothing: "none",
};

/**
 * The findings of a review, without violations of rules.
 *
 * @param failOn the values of `--fail-on`: kinds, and `grave`
 */
export function findingsOfReview(review: Review, failOn: readonly string[], declarations: Declarations): Finding[] {
  const { authorities, certificates, drift } = review;
  return [
    ...findingsOfGaps(review),
    ...[...authorities, ...certificates].map((change) => findingOfChange(change, failOn, declarations)),
    ...drift.map((change) => findingOfDrift(change, failOn)),
  ];
}

/** At least one finding, so that no report is empty. */
function findingsOfGaps({ incomplete }: Review): Finding[] {
  const common = { id: "review/incomplete", address: null, location: null };
  return incomplete.length === 0
    ? [{ ...common, level: "none", message: "the plans cover all resources" }]
    : incomplete.map((message) => ({ ...common, level: "error", message }));
}

/** The finding has the kind that `--fail-on` names, or else the gravest kind. */
function findingOfChange(change: ReviewedChange, failOn: readonly string[], declarations: Declarations): Finding {
  const { title, address, kinds, isGrave, group, warnings, remarks, before, after } = change;
  const stopping = kinds.find((kind) => failOn.includes(kind));
  const isStopping = stopping !== undefined || (isGrave && failOn.includes("grave"));
  const why = [...warnings, ...remarks].map(String);
  return {
    id: `review/${stopping ?? kinds[0] ?? ""}`,
    level: isStopping ? "error" : LEVEL_OF_GROUP[group],
    address: title,
    location: address,
    message: [kinds.join(", "), ...(why.length > 0 ? [why.join("; ")] : [])].join(": "),
    declared: declarations.placeOf([title, ...(before?.names ?? []), ...(after?.names ?? [])]),
  };
}

function findingOfDrift({ address, action, detail }: OtherChange, failOn: readonly string[]): Finding {
  return {
    id: "review/drifted",
    level: failOn.includes("drifted") ? "error" : LEVEL_OF_GROUP.nothing,
    address,
    location: address,
    message: ["drifted", action, ...(detail === undefined ? [] : [detail])].join(": "),
  };
}

import type { Plan } from "../terraform/plan";
import type { Declarations } from "../declared/declarations";
import type { CertificateChange } from "./certificate-change";
import { classify } from "./classify";
import { dangersOf } from "./dangers";
import { extract } from "./extract/extract";
import type { Facts } from "./extract/facts";
import { type ReviewedChange, withImpact } from "./impact";
import { compareGroups, countGroups, type GroupCounts } from "../show/groups";
import { naturalOrder } from "../show/natural-order";
import { ALL_KINDS, type Kind } from "./kinds";
import { joinMoves } from "./moves";
import type { OtherChange } from "./other-change";
import { evaluate } from "../rules/evaluate";
import { judgedOfChange } from "../rules/judged/judged-review";
import type { Rules } from "../rules/rule";
import type { Violation } from "../rules/violation";
import type { Reload } from "./reload";
import type { Sentence } from "./sentence";
import { resolveSwaps } from "./swapped-names";

/** What plans do to the certificates of a fleet. */
export interface Review {
  /** The files of the plans, as the user named them. */
  readonly sources: readonly string[];
  /** The number of certificates of each kind that occurs. A certificate with several kinds counts for each. */
  readonly counts: Readonly<Partial<Record<Kind, number>>>;
  /** The number of certificates in each group that occurs, the most urgent first. */
  readonly groups: GroupCounts;
  /** What a reader must know before the plans are applied, the worst first. */
  readonly dangers: readonly Sentence[];
  /** Sorted by group, the most urgent first; then by kind, the gravest first; then by name. */
  readonly authorities: readonly ReviewedChange[];
  /** Sorted as {@link authorities}. */
  readonly certificates: readonly ReviewedChange[];
  /** The number of certificates that stay the same. */
  readonly unchanged: number;
  /** The reload commands that run once the files are in place, in the order of the plans. */
  readonly reloads: readonly Reload[];
  /** The changes of resources that hold no certificate. */
  readonly others: readonly OtherChange[];
  /** The changes of outputs. */
  readonly outputs: readonly OtherChange[];
  /** The resources that differ from the state. */
  readonly drift: readonly OtherChange[];
  /** The rules that the plans break. */
  readonly violations: readonly Violation[];
  /** The reasons why the review is incomplete, a sentence each. */
  readonly incomplete: readonly string[];
}

/**
 * Reviews what plans do to keys and certificates: extracts the changes, classifies them, and adds what they mean.
 *
 * @param now the time for rules, and for plans that do not say when they were made
 * @param rules the rules that the plans must keep
 * @param declarations where certificates are declared
 */
export function review(plans: readonly Plan[], now: Date, rules?: Rules, declarations?: Declarations): Review {
  const parts = plans.map((plan) => extract(plan, now));
  const changes = resolveSwaps(joinMoves(parts.flatMap(({ certificates }) => certificates))).map(toChange);
  const changed = withImpact(changes.filter(({ kinds }) => kinds.length > 0)).sort(inOrder);
  const drift = parts.flatMap((part) => part.drift);
  const counts = ALL_KINDS.map((kind) => {
    const count = kind === "drifted" ? drift.length : changed.filter(({ kinds }) => kinds.includes(kind)).length;
    return [kind, count] as const;
  });
  const authorities = changed.filter(({ isAuthority }) => isAuthority);
  const certificates = changed.filter(({ isAuthority }) => !isAuthority);
  return {
    sources: plans.map(({ source }) => source),
    counts: Object.fromEntries(counts.filter(([, count]) => count > 0)),
    groups: countGroups(changed.map(({ group }) => group)),
    dangers: dangersOf(changed),
    authorities,
    certificates,
    unchanged: changes.length - changed.length,
    reloads: parts.flatMap(({ reloads }) => reloads),
    others: parts.flatMap(({ others }) => others),
    outputs: plans.flatMap(({ source, outputs }) =>
      outputs
        .filter(({ actions }) => !actions.includes("no-op"))
        .map(({ name, actions }) => ({ source, address: name, action: actions.join(", ") })),
    ),
    drift,
    violations: rules === undefined ? [] : evaluate(rules, changed.map(judgedOfChange), now, declarations),
    incomplete: plans.flatMap(whyIncomplete),
  };
}

function toChange(facts: Facts): CertificateChange {
  const { source, address, title, isAuthority, key, authority, files, notes } = facts;
  const { trustAnchor, before, after, renamedFrom, movedFrom } = facts;
  return {
    ...{ source, address, title, isAuthority },
    kinds: classify(facts),
    ...{ key, authority },
    ...(trustAnchor && { trustAnchor }),
    ...(before && { before }),
    ...(after && { after }),
    files,
    ...(renamedFrom !== undefined && { renamedFrom }),
    ...(movedFrom && { movedFrom }),
    notes,
  };
}

/** Compares by group, then by the gravest kind, then by title. */
function inOrder(one: ReviewedChange, other: ReviewedChange): number {
  return (
    compareGroups(one.group, other.group) ||
    rankOf(one) - rankOf(other) ||
    naturalOrder(one.title, other.title) ||
    naturalOrder(one.address, other.address)
  );
}

function rankOf({ kinds }: CertificateChange): number {
  return ALL_KINDS.findIndex((kind) => kinds.includes(kind));
}

function whyIncomplete({ source, isComplete, deferred }: Plan): string[] {
  const reasons: readonly (string | false)[] = [
    !isComplete && "covers only a part of the resources, as with -target",
    deferred > 0 && `defers ${deferred} changes, because they depend on values that are not known yet`,
  ];
  return reasons.filter((reason) => reason !== false).map((reason) => `${source} ${reason}.`);
}

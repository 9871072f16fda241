import type { Unreadable } from "../inventory/entry";
import { timestamp } from "../../values/time";
import type { Declarations } from "../declared/declarations";
import { compareGroups } from "../show/groups";
import { naturalOrder } from "../show/natural-order";
import { evaluate } from "../rules/evaluate";
import { judgedOfBroker } from "../rules/judged/judged-check";
import type { Rules } from "../rules/rule";
import type { Check, CheckedBroker } from "./checked-broker";
import { groupOf } from "./groups";
import { ALL_KINDS } from "./kinds";

/** The findings of all brokers, by group, the worst first; and the rules that they break. */
export function checkOf(
  given: readonly CheckedBroker[],
  unreadable: readonly Unreadable[],
  now: Date,
  rules?: Rules,
  declarations?: Declarations,
): Check {
  const brokers = given.toSorted(inOrder);
  const counts = ALL_KINDS.map((kind) => [kind, brokers.filter(({ kinds }) => kinds.includes(kind)).length] as const);
  return {
    time: timestamp(now),
    counts: Object.fromEntries(counts.filter(([, count]) => count > 0)),
    brokers,
    unreadable,
    violations: rules === undefined ? [] : evaluate(rules, brokers.map(judgedOfBroker), now, declarations),
  };
}

function inOrder(one: CheckedBroker, other: CheckedBroker): number {
  return (
    compareGroups(groupOf(one), groupOf(other)) ||
    rankOf(one) - rankOf(other) ||
    naturalOrder(one.address, other.address) ||
    naturalOrder(one.source, other.source)
  );
}

function rankOf({ kinds: [worst = "current"] }: CheckedBroker): number {
  return ALL_KINDS.indexOf(worst);
}

import { ALL_GROUPS, type Group, GROUPS } from "../../show/groups";
import { countsOf, decimal, numberOf } from "../../show/numbers";
import type { Check, CheckedBroker } from "../checked-broker";
import { groupOf } from "../groups";
import { ALL_KINDS, type Kind } from "../kinds";

/** `4 brokers. Danger: 2 (1 unreachable, 1 refused). Nothing to do: 2 (2 current).` */
export function summaryOf({ brokers }: Check): string {
  const groups = groupsIn(brokers).map(
    ({ group, brokers: own }) => `${GROUPS[group]}: ${decimal(own.length)} (${countsOf(countKinds(own))}).`,
  );
  return [`${numberOf(brokers.length, "broker")}.`, ...groups].join(" ");
}

/** The groups that have brokers, the most urgent first. */
export function groupsIn(
  brokers: readonly CheckedBroker[],
): { readonly group: Group; readonly brokers: readonly CheckedBroker[] }[] {
  return ALL_GROUPS.map((group) => ({ group, brokers: brokers.filter((broker) => groupOf(broker) === group) })).filter(
    ({ brokers: own }) => own.length > 0,
  );
}

/** The number of brokers of each kind that occurs; a broker may have several kinds. */
function countKinds(brokers: readonly CheckedBroker[]): Readonly<Partial<Record<Kind, number>>> {
  const counts = ALL_KINDS.map((kind) => [kind, brokers.filter(({ kinds }) => kinds.includes(kind)).length] as const);
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

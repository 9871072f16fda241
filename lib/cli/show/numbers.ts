import { ALL_GROUPS, type GroupCounts, GROUPS } from "./groups";

/** `1 output`, `2 outputs`, `10,000 outputs` */
export function numberOf(count: number, what: string): string {
  return `${decimal(count)} ${what}${count === 1 ? "" : "s"}`;
}

/** With a comma for each thousand, in every locale. */
export function decimal(count: number): string {
  return count.toLocaleString("en-US");
}

/** `1 authority-replaced, 2 re-issued` */
export function countsOf(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([kind, count]) => `${decimal(count)} ${kind}`)
    .join(", ");
}

/** `Danger: 1. Brokers must act: 3.` */
export function groupCountsOf(counts: GroupCounts): string {
  return ALL_GROUPS.flatMap((group) => {
    const count = counts[group];
    return count === undefined ? [] : [`${GROUPS[group]}: ${decimal(count)}.`];
  }).join(" ");
}

import { compareTimes } from "../../page/listing/choose";
import type { Option } from "../../page/listing/listing";
import { monthOf, nameOfMonth } from "../../page/months";
import type { Row } from "./row";

/** The whole days before expiry that count as near, and as soon. */
export const NEAR_DAYS = [30, 90] as const;

export const OVER = "over";
const UNKNOWN = "unknown";

/** The months in which certificates expire, in order, each with the number of certificates. */
export function endsByMonth(rows: readonly Pick<Row, "notAfter">[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { notAfter } of rows.toSorted((one, other) => compareTimes(one.notAfter, other.notAfter))) {
    if (notAfter !== null) {
      counts.set(monthOf(notAfter), (counts.get(monthOf(notAfter)) ?? 0) + 1);
    }
  }
  return counts;
}

/** Whether a certificate expires then: `over` (has expired), `unknown`, a number of days (`30`), or a month (`2027-03`). */
export function endsThen({ notAfter, daysLeft }: Pick<Row, "notAfter" | "daysLeft">, then: string): boolean {
  if (notAfter === null || daysLeft === null) {
    return then === UNKNOWN;
  }
  if (then === OVER) {
    return daysLeft < 0;
  }
  return /^\d+$/.test(then) ? daysLeft >= 0 && daysLeft < Number(then) : monthOf(notAfter) === then;
}

/** The choices for {@link endsThen} that these rows allow. */
export function endOptions(rows: readonly Row[]): Option[] {
  const [isOver, isUnknown] = [OVER, UNKNOWN].map((then) => rows.some((row) => endsThen(row, then)));
  return [
    ...(isOver === true ? [{ value: OVER, text: "Expired" }] : []),
    ...NEAR_DAYS.map((days) => ({ value: String(days), text: `Within ${days} days` })),
    ...[...endsByMonth(rows).keys()].map((month) => ({ value: month, text: nameOfMonth(month) })),
    ...(isUnknown === true ? [{ value: UNKNOWN, text: "Not known" }] : []),
  ];
}

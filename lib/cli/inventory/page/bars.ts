import { compareTimes } from "../../page/listing/choose";
import { groupedBy } from "../../page/grouped";
import type { Row } from "./row";
import { type State, stateOf } from "./states";

/** The validity of one certificate, or of several together. */
export interface Bar {
  readonly text: string;
  readonly count: number;
  /** The earliest start. */
  readonly start: string;
  /** The earliest expiry date. */
  readonly firstEnd: string;
  /** The latest expiry date. */
  readonly end: string;
  /** When it is due for renewal; null for several together, and if that is not known. */
  readonly renewal: string | null;
  readonly isEstimated: boolean;
  /** Until the earliest expiry date. */
  readonly daysLeft: number;
  /** For several together "accepted": the summary counts the other states. */
  readonly state: State;
}

/** The most certificates that are drawn one by one. */
export const DRAWN_AT_MOST = 12;

/** The bars of the first to expire, and of all others by expiry date. Expired certificates and those without known dates have none. */
export function barsOf(rows: readonly Row[]): { readonly soonest: readonly Bar[]; readonly others: readonly Bar[] } {
  const timed = rows.flatMap(timedOf).sort((one, other) => compareTimes(one.end, other.end));
  return { soonest: timed.slice(0, DRAWN_AT_MOST), others: periodBars(timed.slice(DRAWN_AT_MOST)) };
}

function timedOf(row: Row): Bar[] {
  const { address, notBefore: start, notAfter: end, renewsAt: renewal, daysLeft, estimated: isEstimated } = row;
  const isTimed = start !== null && end !== null && daysLeft !== null && daysLeft >= 0;
  const bar = { text: address, count: 1, renewal, isEstimated, state: stateOf(row) };
  return isTimed ? [{ ...bar, start, firstEnd: end, end, daysLeft }] : [];
}

/** Months (`2027-03`), quarters (`2027 Q1`) or years (`2027`): the first of these that gives few enough bars. */
const PERIODS: readonly ((time: string) => string)[] = [
  (time) => time.slice(0, 7),
  (time) => `${time.slice(0, 4)} Q${Math.ceil(Number(time.slice(5, 7)) / 3)}`,
  (time) => time.slice(0, 4),
];

function periodBars(bars: readonly Bar[]): Bar[] {
  const groupings = PERIODS.map((periodOf) => groupedBy(bars, ({ end }) => periodOf(end)));
  const groups = groupings.find(({ size }) => size <= DRAWN_AT_MOST) ?? groupings.at(-1) ?? new Map<string, Bar[]>();
  return [...groups].map(([text, group]) => group.map((bar) => ({ ...bar, text })).reduce(joined));
}

function joined(one: Bar, other: Bar): Bar {
  const [start, firstEnd] = [earlier(one.start, other.start), earlier(one.firstEnd, other.firstEnd)];
  return {
    text: one.text,
    count: one.count + other.count,
    start,
    firstEnd,
    end: compareTimes(one.end, other.end) < 0 ? other.end : one.end,
    renewal: null,
    isEstimated: one.isEstimated || other.isEstimated,
    daysLeft: Math.min(one.daysLeft, other.daysLeft),
    state: "accepted",
  };
}

function earlier(one: string, other: string): string {
  return compareTimes(one, other) < 0 ? one : other;
}

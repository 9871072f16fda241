const DAY = 86_400_000;

/** A time of RFC 3339 as milliseconds since 1970. */
function at(time: string): number {
  return Date.parse(time);
}

/** A time axis: positions from left to right, in percent. */
export interface TimeAxis {
  /** From 0 to 100; a time outside the axis is at its edge. */
  readonly position: (time: string) => number;
  readonly ticks: readonly Tick[];
}

interface Tick {
  readonly text: string;
  readonly position: number;
}

/** The limits of the axis, back and ahead: one authority that is valid for 20 years must not shrink all brokers to a dot. */
const DAYS_BEFORE = 365;
const DAYS_AFTER = 3 * 365;
const DAYS_AFTER_AT_LEAST = 60;

/** The distances between ticks, in months: the first that gives few enough ticks is used. */
const STEPS = [1, 3, 6, 12, 24];
const TICKS_AT_MOST = 5;

/** An axis that contains now, and as much of all these periods as the limits allow. */
export function timeAxis(now: string, times: readonly { readonly start: string; readonly end: string }[]): TimeAxis {
  const starts = times.map(({ start }) => at(start));
  const ends = times.map(({ end }) => at(end));
  const first = Math.min(at(now), Math.max(at(now) - DAYS_BEFORE * DAY, smallest(starts)));
  const wanted = Math.max(largest(ends), at(now) + DAYS_AFTER_AT_LEAST * DAY);
  const last = Math.min(at(now) + DAYS_AFTER * DAY, wanted);
  const place = (time: number): number => round((100 * (time - first)) / (last - first));
  const months = monthsBetween(first, last);
  const step = STEPS.find((each) => months.length / each <= TICKS_AT_MOST) ?? 24;
  return {
    position: (time) => Math.min(100, Math.max(0, place(at(time)))),
    ticks: months
      .filter((month) => (12 * month.getUTCFullYear() + month.getUTCMonth()) % step === 0)
      .map((month) => ({ text: month.toISOString().slice(0, 7), position: place(month.getTime()) })),
  };
}

/** The first days of all months in between, without the limits themselves. */
function monthsBetween(first: number, last: number): Date[] {
  const start = new Date(first);
  const months: Date[] = [];
  for (let index = 1; ; index += 1) {
    const month = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + index));
    if (month.getTime() >= last) {
      return months;
    }
    months.push(month);
  }
}

function smallest(values: readonly number[]): number {
  return values.reduce((one, other) => Math.min(one, other), Infinity);
}

function largest(values: readonly number[]): number {
  return values.reduce((one, other) => Math.max(one, other), -Infinity);
}

/** Rounds to a visible difference. */
function round(percent: number): number {
  return Math.round(percent * 100) / 100;
}

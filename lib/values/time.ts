const MILLISECONDS_AN_HOUR = 3_600_000;

/** @param hours negative for an earlier time */
export function addHours(time: Date, hours: number): Date {
  return new Date(time.getTime() + hours * MILLISECONDS_AN_HOUR);
}

/** A time in RFC 3339, in UTC and whole seconds: `2031-01-05T09:00:00Z`. */
export function timestamp(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, "Z");
}

/** The day of a time, in UTC: `2031-01-05`. */
export function day(time: Date): string {
  return time.toISOString().slice(0, 10);
}

const MILLISECONDS_A_DAY = 86_400_000;

/** The whole days of 24 hours from one time to another, rounded down: negative if the second time is earlier. */
export function wholeDays(from: Date, to: Date): number {
  return Math.floor((to.getTime() - from.getTime()) / MILLISECONDS_A_DAY);
}

/** Hours on days of the week. */
export interface Hours {
  /** @default - all days */
  readonly days?: readonly Day[];
  /** The first minute: `08:00`. */
  readonly from: string;
  /** The minute after the last: `16:00`; `24:00` is the end of the day. Later than `from`. */
  readonly to: string;
  /**
   * A name in the IANA time zone database: `Europe/Berlin`.
   * @default "UTC"
   */
  readonly timeZone?: string;
}

export const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;

type Day = (typeof DAYS)[number];

/** A period from the start of one day to the end of another, in UTC: `2026-12-20`. */
export interface Days {
  readonly from: string;
  readonly to: string;
}

export function isWithinHours(time: Date, { days = DAYS, from, to, timeZone = "UTC" }: Hours): boolean {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).formatToParts(time);
  const of = (type: Intl.DateTimeFormatPartTypes): string => parts.find((part) => part.type === type)?.value ?? "";
  const now = `${of("hour")}:${of("minute")}`;
  return days.some((day) => day === of("weekday")) && from <= now && now < to;
}

export function isWithinDays(time: Date, { from, to }: Days): boolean {
  const day = time.toISOString().slice(0, 10);
  return from <= day && day <= to;
}

export function describeHours({ days, from, to, timeZone = "UTC" }: Hours): string {
  return `${from} to ${to} ${timeZone}${days === undefined ? "" : ` on ${days.join(", ")}`}`;
}

/** Whether the system knows the time zone. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

/** Whether the date exists in the calendar. */
export function isDay(text: string): boolean {
  const time = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(text);
}

/** Hours of days of the week. */
export interface Hours {
  /** @default - all of them */
  readonly days?: readonly Day[];
  /** `08:00`, and from then on. */
  readonly from: string;
  /** `16:00`, and no longer; `24:00` is the end of the day. Later than `from`. */
  readonly to: string;
  /**
   * A name of the IANA's time zone database: `Europe/Berlin`.
   * @default "UTC"
   */
  readonly timeZone?: string;
}

export const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;

type Day = (typeof DAYS)[number];

/** From the start of one day to the end of another, in UTC: `2026-12-20`. */
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

/** Whether a system knows it. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

/** Whether the calendar has it. */
export function isDay(text: string): boolean {
  const time = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(text);
}

import { createHash } from "node:crypto";
import type IcalJs from "ical.js";
import type { Entry, Inventory } from "../entry";

/** A date of a certificate that the calendar shows. */
interface Moment {
  /** The id of the event, if the certificate gets its own event. */
  readonly id: string;
  readonly occasion: "end" | "renewal";
  /** RFC 3339, in UTC. */
  readonly time: string;
  readonly entry: Entry;
}

/** Moments of one day that share one text: at least one. */
type Day = readonly [Moment, ...Moment[]];

/** More than these on a day become one event: a fleet that was deployed at once expires at once. */
const EVENTS_A_DAY = 5;

/** An event lists this many certificates and counts the others: calendars cut off long texts. */
const TOLD_AT_MOST = 100;

/** Days before an expiry date on which a calendar reminds of it: early for an authority, because every client needs the next one. */
const REMINDERS = { broker: [30, 7], authority: [365, 90] } as const;

/** Earlier times are left out: the library writes such years with fewer than four digits, and readers refuse the calendar. */
const FIRST_YEAR = "1000";

/** In bytes. */
const LONGEST_LINE = 75;

const NOUNS = {
  broker: { one: "Certificate of ", many: "Certificates" },
  authority: { one: "Authority ", many: "Authorities" },
} as const;

const VERBS = {
  end: { one: "expires", many: "that expire" },
  renewal: { one: "is due for renewal", many: "that are due for renewal" },
} as const;

/**
 * A calendar (RFC 5545) of the known expiry and renewal dates. An event takes the whole day in UTC, so that all who share the
 * calendar see the same day; its text has the time.
 */
export function toIcs({ time, certificates }: Inventory): string {
  const { Component } = library();
  const calendar = new Component("vcalendar");
  setAll(calendar, {
    version: "2.0",
    prodid: "-//cdktf-mqtt-pki//mqtt-pki//EN",
    method: "PUBLISH",
    "x-wr-calname": "MQTT certificates",
  });
  for (const day of daysOf(momentsOf(certificates))) {
    const parts = day.length > EVENTS_A_DAY ? [day] : day.map((moment): Day => [moment]);
    for (const part of parts) {
      calendar.addSubcomponent(eventOf(part, time));
    }
  }
  return `${calendar.toString()}\r\n`;
}

function library(): typeof IcalJs {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded only if needed: other formats do not use it
  const ical = require("ical.js") as typeof IcalJs;
  // The blank in front of a folded line counts: RFC 5545, section 3.1.
  ical.foldLength = LONGEST_LINE - 1;
  return ical;
}

function setAll(
  component: IcalJs.Component,
  values: Readonly<Record<string, string | IcalJs.Time | IcalJs.Duration>>,
): void {
  for (const [name, value] of Object.entries(values)) {
    component.addPropertyWithValue(name, value);
  }
}

/** In order of time. A certificate in several sources has each moment once. */
function momentsOf(certificates: readonly Entry[]): Moment[] {
  const moments = new Map<string, Moment>();
  for (const entry of certificates) {
    for (const [occasion, time] of [
      ["renewal", entry.renewsAt],
      ["end", entry.notAfter],
    ] as const) {
      const id = idOf(occasion, entry);
      if (time !== null && time >= FIRST_YEAR && !moments.has(id)) {
        moments.set(id, { id, occasion, time, entry });
      }
    }
  }
  return [...moments.values()].sort((one, other) => compare(one.time, other.time));
}

function daysOf(moments: readonly Moment[]): Day[] {
  const days = new Map<string, [Moment, ...Moment[]]>();
  for (const moment of moments) {
    const key = [dayOf(moment), moment.occasion, moment.entry.kind].join(" ");
    const day = days.get(key);
    if (day === undefined) {
      days.set(key, [moment]);
    } else {
      day.push(moment);
    }
  }
  return [...days.values()];
}

/** @param written RFC 3339 */
function eventOf(day: Day, written: string): IcalJs.Component {
  const { Component, Duration, Time } = library();
  const [first] = day;
  const { occasion, entry } = first;
  const [noun, verb] = [NOUNS[entry.kind], VERBS[occasion]];
  const isOne = day.length === 1;
  const summary = isOne ? `${noun.one}${nameOf(entry)} ${verb.one}` : `${noun.many} ${verb.many}: ${day.length}`;
  const told = day.slice(0, TOLD_AT_MOST).map(isOne ? detailsOf : lineOf);
  const left = day.length - told.length;
  const event = new Component("vevent");
  setAll(event, {
    uid: `${isOne ? first.id : idOfDay(day)}@mqtt-pki`,
    dtstamp: Time.fromDateTimeString(written),
    dtstart: Time.fromDateString(dayOf(first)),
    summary,
    description: [...told, ...(left === 0 ? [] : [`and ${left} more`])].join("\n"),
    // The event does not block time in anyone's calendar.
    transp: "TRANSPARENT",
  });
  for (const days of occasion === "renewal" ? [] : REMINDERS[entry.kind]) {
    const alarm = new Component("valarm");
    const trigger = Duration.fromData({ days, isNegative: true });
    setAll(alarm, { action: "DISPLAY", description: summary, trigger });
    event.addSubcomponent(alarm);
  }
  return event;
}

function detailsOf(moment: Moment): string {
  const { issuer, serialNumber, source, location } = moment.entry;
  return [
    `When: ${timeOf(moment)}`,
    `Where: ${source}: ${location}`,
    ...(issuer === null ? [] : [`Issuer: ${issuer.commonName}`]),
    ...(serialNumber === null ? [] : [`Serial number: ${serialNumber}`]),
  ].join("\n");
}

function lineOf(moment: Moment): string {
  const { entry } = moment;
  return `${timeOf(moment)} ${nameOf(entry)} (${entry.source}: ${entry.location})`;
}

function timeOf({ time, entry }: Moment): string {
  return `${entry.estimated ? "about " : ""}${time}`;
}

function nameOf({ address, generation }: Entry): string {
  return generation === null ? address : `${address} (${generation})`;
}

function dayOf({ time }: Moment): string {
  return time.slice(0, 10);
}

/** Always the same for a certificate, so that a calendar that reads the file again recognizes the event. */
function idOf(occasion: Moment["occasion"], { fingerprint, source, location }: Entry): string {
  return digest([occasion, ...(fingerprint === null ? [source, location] : [fingerprint])]);
}

/** The same for a day and its sources, with any certificates. */
function idOfDay(day: Day): string {
  const [first] = day;
  const sources = new Set(day.map(({ entry }) => entry.source));
  return digest([first.occasion, first.entry.kind, dayOf(first), ...[...sources].sort()]);
}

function digest(parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

import { createHash } from "node:crypto";
import type IcalJs from "ical.js";
import type { Entry, Inventory } from "../entry";

/** What is in a calendar of a certificate. */
interface Moment {
  /** Of the event, where it has one of its own. */
  readonly id: string;
  readonly occasion: "end" | "renewal";
  /** RFC 3339, in UTC. */
  readonly time: string;
  readonly entry: Entry;
}

/** Moments of one day that are told of in the same words: one at least. */
type Day = readonly [Moment, ...Moment[]];

/** More than these on a day are one event: a fleet that was deployed at once ends at once. */
const EVENTS_A_DAY = 5;

/** More than these are counted in an event: calendars cut long texts off. */
const TOLD_AT_MOST = 100;

/** Days before an end on which a calendar reminds of it: of an authority's early, for every client has to know of another. */
const REMINDERS = { broker: [30, 7], authority: [365, 90] } as const;

/** Earlier times are left out: the library writes such years with fewer digits than four, and readers refuse the calendar. */
const FIRST_YEAR = "1000";

/** In bytes. */
const LONGEST_LINE = 75;

const NOUNS = {
  broker: { one: "Certificate of ", many: "Certificates" },
  authority: { one: "Authority ", many: "Authorities" },
} as const;

const VERBS = {
  end: { one: "ends", many: "that end" },
  renewal: { one: "is due to be renewed", many: "that are due to be renewed" },
} as const;

/**
 * A calendar (RFC 5545) of the ends and renewals whose times are known. An event takes its day in UTC, for all who share the
 * calendar alike; its text has the time.
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
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- other formats need none of it, and are not to load it
  const ical = require("ical.js") as typeof IcalJs;
  // The blank in front of what is folded counts: RFC 5545, section 3.1.
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

/** In the order of their times. A certificate that is in several sources has each once. */
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
    // It keeps nobody busy.
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

/** Of a certificate it is always the same: a calendar that is read again knows the event. */
function idOf(occasion: Moment["occasion"], { fingerprint, source, location }: Entry): string {
  return digest([occasion, ...(fingerprint === null ? [source, location] : [fingerprint])]);
}

/** Of a day it is the same for the same sources, whichever certificates it has. */
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

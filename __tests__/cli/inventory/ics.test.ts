import { sync, type VEvent } from "node-ical";
import type { Entry } from "../../../lib/cli/inventory/entry";
import { toIcs } from "../../../lib/cli/inventory/formats/ics";
import { fixture } from "../fixtures";
import { inventory } from "./support";

const BROKER: Entry = {
  source: "pki",
  location: "brokers/mqtt-1.example.com/server.pem",
  kind: "broker",
  address: "mqtt-1.example.com",
  names: ["mqtt-1.example.com"],
  serialNumber: "0A1B",
  fingerprint: "00:FF",
  keyFingerprint: null,
  keyPin: null,
  tasmotaFingerprint: null,
  usages: ["server"],
  keyType: "ECDSA P-256",
  generation: null,
  issuer: { commonName: "Plant CA", generation: null, verified: true },
  notBefore: "2026-01-01T00:00:00Z",
  notAfter: "2027-01-01T23:59:59Z",
  renewsAt: null,
  estimated: false,
  daysLeft: 31,
  accepted: true,
  reasons: [],
};

/** That many certificates, each with its own fingerprint. */
function many(count: number, entry: Partial<Entry> = {}): Entry[] {
  return Array.from({ length: count }, (_, number) => ({
    ...BROKER,
    address: `mqtt-${number}.example.com`,
    fingerprint: String(number),
    ...entry,
  }));
}

function written(...certificates: readonly Entry[]): string {
  return toIcs({ time: "2026-12-01T00:00:00Z", certificates, unreadable: [], violations: [] });
}

/** The events that another calendar library reads. */
function read(text: string): VEvent[] {
  return Object.values(sync.parseICS(text)).flatMap((component) => (component?.type === "VEVENT" ? [component] : []));
}

function events(...certificates: readonly Entry[]): VEvent[] {
  return read(written(...certificates));
}

/** The reminders of an event. */
function reminders(event: VEvent | undefined): unknown[] | undefined {
  return event?.alarms?.map(({ action, trigger }) => [action, trigger]);
}

function linesOf(event: VEvent | undefined): string[] {
  return typeof event?.description === "string" ? event.description.split("\n") : [];
}

/** The first and the last day of a whole-day event. */
function daysOf(event: VEvent | undefined): unknown[] {
  const days = [event?.start, event?.end].map((time) => time?.toLocaleDateString("sv-SE"));
  return [event?.datetype, ...days];
}

describe("inventory as a calendar", () => {
  it("the calendar has the expiry date of a certificate in UTC, with reminders", () => {
    const [event] = events(BROKER);

    expect(event?.summary).toBe("Certificate of mqtt-1.example.com expires");
    expect(event?.description).toBe(
      [
        "When: 2027-01-01T23:59:59Z",
        "Where: pki: brokers/mqtt-1.example.com/server.pem",
        "Issuer: Plant CA",
        "Serial number: 0A1B",
      ].join("\n"),
    );
    expect(daysOf(event)).toEqual(["date", "2027-01-01", "2027-01-02"]);
    expect(event?.transparency).toBe("TRANSPARENT");
    expect(event?.dtstamp).toEqual(new Date("2026-12-01T00:00:00Z"));
    expect(reminders(event)).toEqual([
      ["DISPLAY", "-P30D"],
      ["DISPLAY", "-P7D"],
    ]);
  });

  it("the calendar has known renewal dates, without reminders", () => {
    const [renewal, end] = events({ ...BROKER, renewsAt: "2026-10-03T12:00:00Z" });

    expect([renewal?.summary, end?.summary]).toEqual([
      "Certificate of mqtt-1.example.com is due for renewal",
      "Certificate of mqtt-1.example.com expires",
    ]);
    expect([daysOf(renewal), daysOf(end)]).toEqual([
      ["date", "2026-10-03", "2026-10-04"],
      ["date", "2027-01-01", "2027-01-02"],
    ]);
    expect(reminders(renewal)).toBeUndefined();
  });

  it("the calendar reminds early of the expiry of an authority", () => {
    const [event] = events({ ...BROKER, kind: "authority", address: "Plant CA", generation: 2 });

    expect(event?.summary).toBe("Authority Plant CA (2) expires");
    expect(reminders(event)).toEqual([
      ["DISPLAY", "-P365D"],
      ["DISPLAY", "-P90D"],
    ]);
  });

  it("the calendar marks estimated times, and leaves out unknown times", () => {
    const record: Entry = { ...BROKER, fingerprint: null, serialNumber: null, issuer: null, estimated: true };
    const [event, ...others] = events(record, { ...record, location: "other", notAfter: null });

    expect(others).toEqual([]);
    expect(event?.description).toBe(
      "When: about 2027-01-01T23:59:59Z\nWhere: pki: brokers/mqtt-1.example.com/server.pem",
    );
  });

  it("the calendar has only years of four digits, from 1000 to 9999", () => {
    const ends = ["0000-01-01", "0001-01-01", "0999-12-31", "1000-01-01", "9999-12-31"];
    const entries = ends.map((end) => ({ ...BROKER, fingerprint: end, notAfter: `${end}T00:00:00Z` }));
    const early: Entry = {
      ...BROKER,
      fingerprint: "renewed early",
      notAfter: null,
      renewsAt: "-000001-12-01T00:00:00Z",
    };
    const text = written(...entries, early);

    expect([...text.matchAll(/^DTSTART;VALUE=DATE:(.*)\r$/gm)].map(([, date]) => date)).toEqual([
      "10000101",
      "99991231",
    ]);
  });

  it("the calendar has one event per certificate of a day, and one for all if there are many", () => {
    const few = events(...many(5));
    const [event, ...others] = events(...many(6), { ...BROKER, kind: "authority", address: "Plant CA" });

    expect(few).toHaveLength(5);
    expect(event?.summary).toBe("Certificates that expire: 6");
    expect(linesOf(event)[0]).toBe(
      "2027-01-01T23:59:59Z mqtt-0.example.com (pki: brokers/mqtt-1.example.com/server.pem)",
    );
    expect(others.map(({ summary }) => summary)).toEqual(["Authority Plant CA expires"]);
  });

  it("an event of the calendar counts the certificates that it does not list", () => {
    const [event] = events(...many(103));

    expect(linesOf(event)).toHaveLength(101);
    expect(event?.description).toMatch(/\nand 3 more$/);
  });

  it("the calendar has a certificate of several sources once, always with the same UID", () => {
    const other = { ...BROKER, source: "state.json", location: "local_file.broker" };
    const ids = (...entries: readonly Entry[]) => events(...entries).map(({ uid }) => uid);

    expect(ids(other)).toEqual(ids(BROKER));
    expect(ids(BROKER, other)).toEqual(ids(BROKER));
    expect(ids({ ...BROKER, fingerprint: "01" })).not.toEqual(ids(BROKER));
    expect(ids(...many(6))).toEqual(ids(...many(7)));
    expect(ids(...many(6))).not.toEqual(ids(...many(6, { source: "other" })));
    expect(new Set(ids({ ...BROKER, renewsAt: BROKER.notAfter }, ...many(4))).size).toBe(6);
  });

  it("the calendar is the same for the same inventory", () => {
    expect(written(...many(3))).toBe(written(...many(3)));
  });

  it.each([
    ["of the format", "a;b,c:d\\\\END:VEVENT\\;"],
    ["in long names", "ü🏭".repeat(100)],
    ["that would begin a line", "END:VCALENDAR BEGIN:VALARM"],
    ["of markup", '<img src=x onerror="alert(1)">'],
    ["of a log", "::error::##[group]"],
  ])("the calendar escapes signs %s", (_, address) => {
    const text = written({ ...BROKER, address, issuer: { commonName: address, generation: null, verified: false } });
    const [event, ...others] = read(text);

    expect(others).toEqual([]);
    expect([event?.summary, event?.alarms?.[0]?.description]).toEqual(
      Array.from({ length: 2 }, () => `Certificate of ${address} expires`),
    );
    expect(event?.description).toContain(`\nIssuer: ${address}\n`);
    expect(text.split("\r\n").filter((line) => Buffer.byteLength(line) > 75 || /[\r\n]/.test(line))).toEqual([]);
  });

  it("the calendar escapes line ends", () => {
    expect(written({ ...BROKER, address: "a\\nb" })).toContain("SUMMARY:Certificate of a\\\\nb expires\r\n");
  });

  it("inventory --format ics writes the calendar", async () => {
    const files = { "state.json": fixture("terraform", "state", "state") };
    const { output, status } = await inventory(files, ["state.json", "--format", "ics"], { now: new Date() });

    expect(status).toBe(0);
    expect(read(output).map(({ summary }) => summary)).toEqual([
      "Certificate of mqtt-1.example.com is due for renewal",
      "Certificate of mqtt-2.example.com is due for renewal",
      "Certificate of mqtt-1.example.com expires",
      "Certificate of mqtt-2.example.com expires",
      "Authority Plant CA (1) expires",
    ]);
    expect(output).toMatch(/^BEGIN:VCALENDAR\r\n[^]*\r\nEND:VCALENDAR\r\n$/);
  });
});

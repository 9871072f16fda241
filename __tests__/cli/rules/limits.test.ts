import { evaluate } from "../../../lib/cli/rules/evaluate";
import type { Judged } from "../../../lib/cli/rules/judged/judged";
import { RULE_KINDS } from "../../../lib/cli/rules/kinds";
import { LIMIT_NAMES, type LimitName } from "../../../lib/cli/rules/limits";
import { readRules } from "../../../lib/cli/rules/rules-file";

/** A Tuesday. */
const NOW = new Date("2026-12-01T12:00:00Z");

const BROKER: Judged = {
  address: "mqtt-1.plant.example.com",
  isAuthority: false,
  kinds: ["renewed"],
  fate: "changes",
  names: ["mqtt-1.plant.example.com"],
  keyType: "ECDSA P-256",
  issuer: "Plant MQTT CA",
  notBefore: "2026-12-01T11:00:00Z",
  notAfter: "2027-12-01T12:00:00Z",
  location: "tls_locally_signed_cert.broker",
};

const AUTHORITY: Judged = {
  address: "Plant MQTT CA",
  isAuthority: true,
  kinds: ["authority-replaced"],
  fate: "changes",
  keyType: "RSA 2048",
  issuer: "Plant MQTT CA",
  notBefore: "2026-12-01T11:00:00Z",
  notAfter: "2036-12-01T12:00:00Z",
  location: "tls_self_signed_cert.authority",
};

/** What the rule `rule` says of certificates. */
function said(rule: object, certificates: readonly Judged[], now = NOW): string[] {
  const text = JSON.stringify({ rules: [{ name: "rule", ...rule }] });
  const rules = readRules("mqtt-pki.yaml", Buffer.from(text), RULE_KINDS);
  return evaluate(rules, certificates, now).map(({ address, message }) =>
    [...(address === null ? [] : [`${address}: `]), message.toString()].join(""),
  );
}

interface Case {
  readonly rule: object;
  readonly passing: readonly Judged[];
  readonly failing: readonly Judged[];
  readonly says: string;
}

const CASES: Readonly<Record<LimitName, readonly Case[]>> = {
  kinds: [
    {
      rule: { kinds: ["authority-replaced", "re-keyed"] },
      passing: [BROKER],
      failing: [AUTHORITY],
      says: "Plant MQTT CA: is authority-replaced",
    },
    {
      rule: { kinds: ["refused"] },
      passing: [{ ...BROKER, kinds: [] }],
      failing: [{ ...BROKER, kinds: ["refused"] }],
      says: "mqtt-1.plant.example.com: is refused",
    },
  ],
  longestValidity: [
    {
      rule: { longestValidity: "365 days" },
      passing: [BROKER, AUTHORITY],
      failing: [{ ...BROKER, notAfter: "2027-12-01T13:00:00Z" }],
      says: "mqtt-1.plant.example.com: is valid for 365 days and 2 hours; the limit is 365 days",
    },
    {
      rule: { longestValidity: "365 days", for: ["*CA"] },
      passing: [{ ...BROKER, notAfter: "2036-12-01T12:00:00Z" }],
      failing: [AUTHORITY],
      says: "Plant MQTT CA: is valid for 3,653 days and 1 hour; the limit is 365 days",
    },
  ],
  shortestRenewal: [
    {
      rule: { shortestRenewal: "30 days" },
      passing: [BROKER, { ...BROKER, fate: "goes", notAfter: "2026-12-02T00:00:00Z" }],
      failing: [{ ...BROKER, notAfter: "2026-12-31T12:00:00Z" }],
      says: "mqtt-1.plant.example.com: expires on 2026-12-31 and must be replaced 30 days before that",
    },
  ],
  keyAlgorithms: [
    {
      rule: { keyAlgorithms: ["ECDSA-P256", "Ed25519"] },
      passing: [BROKER, { ...BROKER, keyType: "Ed25519" }, AUTHORITY],
      failing: [{ ...BROKER, keyType: "RSA 1024" }],
      says: "mqtt-1.plant.example.com: has a key of type RSA 1024; allowed: ECDSA-P256, Ed25519",
    },
  ],
  authorities: [
    {
      rule: { authorities: ["Plant MQTT CA"] },
      passing: [BROKER],
      failing: [{ ...BROKER, issuer: "Test CA" }],
      says: "mqtt-1.plant.example.com: is signed by Test CA",
    },
  ],
  names: [
    {
      rule: { names: "\\.plant\\.example\\.com$" },
      passing: [BROKER],
      failing: [{ ...BROKER, names: ["mqtt-1.plant.example.com", "192.0.2.1"] }],
      says: "mqtt-1.plant.example.com: has a name that does not match: 192.0.2.1",
    },
  ],
  forbiddenNames: [
    {
      rule: { forbiddenNames: "^\\*" },
      passing: [BROKER],
      failing: [{ ...BROKER, names: ["*.plant.example.com"] }],
      says: "mqtt-1.plant.example.com: has a name that is forbidden: *.plant.example.com",
    },
  ],
  protectedFrom: [
    {
      rule: { protectedFrom: ["goes"], for: ["mqtt-1.*"] },
      passing: [BROKER, { ...BROKER, address: "mqtt-2.plant.example.com", fate: "goes" }],
      failing: [{ ...BROKER, fate: "goes" }],
      says: "mqtt-1.plant.example.com: is removed although it is protected",
    },
    {
      rule: { protectedFrom: ["changes"] },
      passing: [{ ...BROKER, fate: "comes" }],
      failing: [BROKER],
      says: "mqtt-1.plant.example.com: is replaced although it is protected",
    },
  ],
  changesAtMost: [
    {
      rule: { changesAtMost: 1 },
      passing: [BROKER, { ...BROKER, fate: "comes" }, { ...BROKER, fate: "stays" }],
      failing: [BROKER, { ...AUTHORITY, fate: "goes" }],
      says: "2 certificates change at once; the limit is 1: mqtt-1.plant.example.com, Plant MQTT CA",
    },
  ],
  changesWithin: [
    {
      rule: { changesWithin: [{ days: ["Mon", "Wed"], from: "00:00", to: "23:59" }] },
      passing: [{ ...BROKER, fate: "stays" }],
      failing: [BROKER],
      says: "certificates change outside 00:00 to 23:59 UTC on Mon, Wed",
    },
    {
      rule: { changesWithin: [{ from: "08:00", to: "12:30", timeZone: "Europe/Berlin" }] },
      passing: [],
      failing: [BROKER],
      says: "certificates change outside 08:00 to 12:30 Europe/Berlin",
    },
  ],
  changesOutside: [
    {
      rule: { changesOutside: [{ from: "2026-12-01", to: "2026-12-01" }] },
      passing: [{ ...BROKER, fate: "stays" }],
      failing: [BROKER],
      says: "certificates change between 2026-12-01 and 2026-12-01",
    },
  ],
};

const NOTHING_IS_KNOWN: Judged = { address: "mqtt-1", isAuthority: false, kinds: [], fate: "stays", location: "x" };

describe.each(LIMIT_NAMES)("the limit %s", (name) => {
  it.each(CASES[name])(
    "the limit passes what keeps it, and reports what does not: $says",
    ({ rule, passing, failing, says }) => {
      expect(said(rule, passing)).toEqual([]);
      expect(said(rule, failing)).toEqual([says]);
    },
  );

  it.each(CASES[name])("unknown values do not break the limit: $rule", ({ rule }) => {
    expect(said(rule, [NOTHING_IS_KNOWN])).toEqual([]);
  });
});

describe("Expression", () => {
  it("Expression takes linear time with nested repetition", () => {
    const broker = { ...BROKER, names: [`${"a".repeat(63)}.example.com`] };

    expect(said({ forbiddenNames: "^(([a-z0-9])+.)+([a-z0-9])+!$" }, [broker])).toEqual([]);
  });
});

describe("changesWithin and changesOutside", () => {
  const WORKING_HOURS = { changesWithin: [{ days: ["Tue"], from: "08:00", to: "16:00", timeZone: "Europe/Berlin" }] };

  it.each([
    ["2026-12-01T06:59:00Z", 1],
    ["2026-12-01T07:00:00Z", 0],
    ["2026-12-01T14:59:59Z", 0],
    ["2026-12-01T15:00:00Z", 1],
    // In summer, Berlin is two hours ahead of UTC.
    ["2027-06-01T06:00:00Z", 0],
    ["2027-06-01T14:00:00Z", 1],
    // It is Wednesday there by then.
    ["2026-12-01T23:30:00Z", 1],
  ])("changesWithin uses its time zone: at %s, %s violations", (time, count) => {
    expect(said(WORKING_HOURS, [BROKER], new Date(time))).toHaveLength(count);
  });

  it("changesWithin ends with the day at 24:00", () => {
    const rule = { changesWithin: [{ from: "22:00", to: "24:00" }] };

    expect(said(rule, [BROKER], new Date("2026-12-01T23:59:59Z"))).toEqual([]);
    expect(said(rule, [BROKER], new Date("2026-12-02T00:00:00Z"))).toHaveLength(1);
  });

  it.each([
    ["2026-12-19T23:59:59Z", 0],
    ["2026-12-20T00:00:00Z", 1],
    ["2027-01-06T23:59:59Z", 1],
    ["2027-01-07T00:00:00Z", 0],
  ])("changesOutside includes its first and last day, in UTC: at %s, %s violations", (time, count) => {
    const rule = { changesOutside: [{ from: "2026-12-20", to: "2027-01-06" }] };

    expect(said(rule, [BROKER], new Date(time))).toHaveLength(count);
  });
});

describe("the property for of a rule", () => {
  it.each([
    [["*"], 1],
    [["mqtt-*.plant.example.com"], 1],
    [["MQTT-1.PLANT.EXAMPLE.COM"], 1],
    [["mqtt-1"], 0],
    [["mqtt-1.plant.example.com.*"], 0],
    [["mqtt-1?plant.example.com"], 0],
    [["mqtt*plant*com"], 1],
    [["**.com"], 1],
    [["mqtt*plant"], 0],
    [["*plant*mqtt*"], 0],
    [["mqtt-1.plant.example.com*com"], 0],
    [["*m*m*m*m*m*m*m*m*m*m*!"], 0],
    [["other", "mqtt-1.plant.example.com"], 1],
  ])("a rule applies to the addresses that match its patterns: %j has %s violations", (patterns, count) => {
    expect(said({ kinds: ["renewed"], for: patterns }, [BROKER])).toHaveLength(count);
  });
});

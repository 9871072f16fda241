import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import Ajv from "ajv";
import { checkOf } from "../../../lib/cli/check/check";
import type { Check, CheckedBroker } from "../../../lib/cli/check/checked-broker";
import { toJson } from "../../../lib/cli/check/formats/json";
import { toMarkdown } from "../../../lib/cli/check/formats/markdown";
import { toPrometheus } from "../../../lib/cli/check/formats/prometheus";
import { toTable } from "../../../lib/cli/check/formats/table";
import { ALL_KINDS } from "../../../lib/cli/check/kinds";
import { page } from "../../support/examples";
import { BROKER } from "./support";

const STALE: CheckedBroker = {
  ...BROKER,
  address: "mqtt-2.example.com",
  kinds: ["refused", "stale"],
  reasons: ["expired on 2026-11-30", "is older than the declared certificate"],
  accepted: false,
  sameCertificate: false,
  daysLeft: -1,
};

const UNREACHABLE: CheckedBroker = {
  ...BROKER,
  address: "mqtt-3.example.com",
  dialled: { host: "::1", port: 8883, serverName: null },
  kinds: ["unreachable"],
  reasons: ["does not answer"],
  ...{ accepted: null, sameCertificate: null, sameKey: null, daysLeft: null, protocol: null, cipher: null },
  ...{ chainLength: null, served: null },
};

const SKIPPED: CheckedBroker = { ...UNREACHABLE, address: "*.example.com", dialled: null, kinds: ["skipped"] };

function of(...brokers: readonly CheckedBroker[]): Check {
  return checkOf(
    brokers,
    [{ source: "pki", location: "a.pem", reason: "is not a certificate" }],
    new Date("2026-12-01T00:00:00Z"),
  );
}

const ALL = of(BROKER, SKIPPED, STALE, UNREACHABLE);

describe("checkOf", () => {
  it("checkOf sorts brokers by group, the most urgent first, before their kinds", () => {
    const [ending, unknown] = (["ending", "unknown"] as const).map((kind) => ({ ...BROKER, kinds: [kind] }));

    expect(of(...[unknown, ending].flatMap((one) => one ?? [])).brokers.map(({ kinds }) => kinds[0])).toEqual([
      "ending",
      "unknown",
    ]);
  });

  it("checkOf sorts brokers by kind, the worst first, and counts them", () => {
    expect(ALL.brokers.map(({ address }) => address)).toEqual([
      "mqtt-3.example.com",
      "mqtt-2.example.com",
      "*.example.com",
      "mqtt-1.example.com",
    ]);
    expect(ALL.counts).toEqual({ unreachable: 1, refused: 1, stale: 1, skipped: 1, current: 1 });
  });
});

describe("check as a table", () => {
  it("check writes a table with a line for each broker", () => {
    expect(toTable(ALL, false).split("\n")).toEqual([
      "ADDRESS             DIALLED                  UNTIL       DAYS  TLS  SERIAL  FOUND",
      "mqtt-3.example.com  [::1]:8883                                              unreachable: does not answer",
      "mqtt-2.example.com  mqtt-1.example.com:8883  2027-01-01    -1  1.3  0A1B    refused, stale: expired on 2026-11-30; is older than the declared certificate",
      "*.example.com                                                               skipped: does not answer",
      "mqtt-1.example.com  mqtt-1.example.com:8883  2027-01-01    31  1.3  0A1B    current",
      "",
      "4 brokers. Danger: 2 (1 unreachable, 1 refused, 1 stale). Brokers must act: 1 (1 skipped). Nothing to do: 1 (1 current).",
      "",
    ]);
  });

  it("check colours the table without changing its text, and names several sources", () => {
    const colored = toTable(ALL, true);

    expect(colored).toContain("\u001b[32mcurrent");
    expect(colored).toContain("\u001b[31munreachable");
    expect(colored).toContain("\u001b[33mskipped");
    expect(stripVTControlCharacters(colored).replace(/ +$/gm, "")).toBe(toTable(ALL, false));
    expect(toTable(of(BROKER, { ...BROKER, source: "other" }), false)).toMatch(/^SOURCE /);
  });
});

describe("check as JSON", () => {
  const schema = JSON.parse(readFileSync(join(__dirname, "../../../schema/check.schema.json"), "utf8")) as {
    definitions: { kind: { enum: string[] } };
  };

  it("check writes JSON that matches schema/check.schema.json", () => {
    const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);
    validate(JSON.parse(toJson(ALL)));

    expect(validate.errors).toBeNull();
    expect(validate({ ...ALL, version: 1, brokers: [{ ...BROKER, kinds: ["new"] }] })).toBe(false);
    expect(schema.definitions.kind.enum).toEqual(ALL_KINDS);
  });
});

describe("check as Markdown", () => {
  it("check writes Markdown with the brokers that need attention, and the counts", () => {
    const lines = toMarkdown(ALL).split("\n");

    expect(lines[2]).toBe(
      "4 brokers. Danger: 2 (1 unreachable, 1 refused, 1 stale). Brokers must act: 1 (1 skipped). Nothing to do: 1 (1 current).",
    );
    expect(lines.filter((line) => line.startsWith("## "))).toEqual(["## Danger: 2", "## Brokers must act: 1"]);
    expect(lines.filter((line) => line.startsWith("| `"))).toHaveLength(3);
    expect(lines).toContain("- `pki: a.pem` is not a certificate");
  });

  it("check writes Markdown without a table if no broker needs attention", () => {
    expect(toMarkdown(of(BROKER))).not.toContain("|");
  });
});

describe("check as Prometheus metrics", () => {
  it("check writes a series for each broker, and none for unknown values", () => {
    const lines = toPrometheus(ALL).split("\n");
    const labels = '{source="pki",address="mqtt-1.example.com",dialled="mqtt-1.example.com:8883"}';

    expect(lines).toContain(`mqtt_pki_broker_reachable${labels} 1`);
    expect(lines).toContain(`mqtt_pki_broker_accepted${labels} 1`);
    expect(lines).toContain(`mqtt_pki_broker_current${labels} 1`);
    expect(lines).toContain(`mqtt_pki_broker_served_not_after_timestamp_seconds${labels} 1798804800`);
    expect(lines.filter((line) => line.startsWith("mqtt_pki_broker_accepted{"))).toHaveLength(2);
    expect(lines.filter((line) => line.startsWith("mqtt_pki_broker_reachable{"))).toHaveLength(3);
    expect(lines).toContain("mqtt_pki_check_timestamp_seconds 1796083200");
  });
});

describe("docs/reference/check.md", () => {
  it("docs/reference/check.md lists every metric of a check", () => {
    const text = page("reference/check.md");
    const metrics = new Set(toPrometheus(ALL).match(/mqtt_pki_\w+/g));

    expect([...metrics].filter((metric) => !text.includes(`\`${metric}\``))).toEqual([]);
  });
});

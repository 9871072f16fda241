import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import Ajv from "ajv";
import { parse } from "csv-parse/sync";
import type { Entry, Inventory } from "../../../lib/cli/inventory/entry";
import { toCsv } from "../../../lib/cli/inventory/formats/csv";
import { toJson } from "../../../lib/cli/inventory/formats/json";
import { toMarkdown } from "../../../lib/cli/inventory/formats/markdown";
import { toPrometheus } from "../../../lib/cli/inventory/formats/prometheus";
import { toTable } from "../../../lib/cli/inventory/formats/table";
import { ENGINES, fixture } from "../fixtures";
import { type Files, inventory, type World } from "./support";

const BROKER: Entry = {
  source: "pki",
  location: "brokers/mqtt-1.example.com/server.pem",
  kind: "broker",
  address: "mqtt-1.example.com",
  names: ["mqtt-1.example.com", "192.0.2.10"],
  serialNumber: "0A1B",
  fingerprint: "00:FF",
  keyFingerprint: "01:FF",
  keyPin: "sha256//Af8=",
  tasmotaFingerprint: "02 FF",
  usages: ["server"],
  keyType: "ECDSA P-256",
  generation: null,
  issuer: { commonName: "Plant CA", generation: 2, verified: true },
  notBefore: "2026-01-01T00:00:00Z",
  notAfter: "2027-01-01T12:00:00Z",
  renewsAt: "2026-10-03T12:00:00Z",
  estimated: false,
  daysLeft: 31,
  accepted: true,
  reasons: [],
};

const AUTHORITY: Entry = {
  ...BROKER,
  kind: "authority",
  address: "Plant CA 2",
  names: [],
  generation: 2,
  location: "ca.pem",
};

const RECORD: Entry = {
  ...BROKER,
  location: "terraform_data.broker",
  serialNumber: null,
  fingerprint: null,
  keyFingerprint: null,
  keyPin: null,
  tasmotaFingerprint: null,
  keyType: null,
  issuer: null,
  notBefore: null,
  notAfter: null,
  renewsAt: null,
  estimated: true,
  daysLeft: null,
  accepted: null,
  reasons: ["is in the directory, not in the state"],
};

function of(...certificates: readonly Entry[]): Inventory {
  return { time: "2026-12-01T00:00:00Z", certificates, unreadable: [], violations: [] };
}

describe("inventory as a table", () => {
  it("inventory writes a table with a line for each certificate, in aligned columns", () => {
    const over: Entry = {
      ...BROKER,
      daysLeft: -1,
      accepted: false,
      reasons: ["expired on 2026-11-30", "has a weak key"],
    };

    expect(toTable(of(AUTHORITY, over, RECORD), false).split("\n")).toEqual([
      "ADDRESS             UNTIL       DAYS  ACCEPTED                                        ISSUER        KEY          SERIAL",
      "Plant CA 2 (2)      2027-01-01    31  yes                                             Plant CA (2)  ECDSA P-256  0A1B",
      "mqtt-1.example.com  2027-01-01    -1  no: expired on 2026-11-30; has a weak key       Plant CA (2)  ECDSA P-256  0A1B",
      "mqtt-1.example.com  unknown           unknown: is in the directory, not in the state",
      "",
      "3 certificates. Danger: 1. Nothing to do: 2.",
      "",
    ]);
  });

  it.each([
    ["CJK", "工場の認証局", 12],
    ["combining characters", "Cafe\u0301", 4],
    ["emoji", "Plant 🏭", 8],
  ])("inventory aligns text that a terminal shows wider or narrower than its length: %s", (_, commonName, columns) => {
    const issuer = { commonName, generation: null, verified: true };
    const [head = "", row = ""] = toTable(of({ ...BROKER, issuer }), false).split("\n");
    const gap = " ".repeat(Math.max(columns, "ISSUER".length) - columns + 2);

    expect(row).toContain(`  ${commonName}${gap}ECDSA P-256  0A1B`);
    expect(head).toContain(`  ISSUER${" ".repeat(Math.max(0, columns - "ISSUER".length))}  KEY`);
  });

  it.each<[string, Partial<Entry>, string]>([
    ["is refused", { accepted: false, daysLeft: 3 }, "Danger: 1."],
    ["expires soon", { daysLeft: 29 }, "Brokers must act: 1."],
    ["expires soon and is an authority's", { kind: "authority", daysLeft: 29 }, "Clients must act: 1."],
    ["may be refused", { accepted: null }, "Clients must act: 1."],
    ["was recorded", { accepted: null, estimated: true }, "Nothing to do: 1."],
    ["is accepted", {}, "Nothing to do: 1."],
  ])("inventory counts groups in table and Markdown, for a certificate that %s", (_, given, says) => {
    const found = of({ ...BROKER, ...given });

    expect(toTable(found, false)).toMatch(new RegExp(`\n\n1 certificate\\. ${says.replace(".", "\\.")}\n$`));
    expect(toMarkdown(found).split("\n")[2]).toBe(`1 certificate. ${says}`);
  });

  it("inventory adds a column for sources if there are several", () => {
    expect(toTable(of(BROKER, { ...BROKER, source: "other" }), false)).toMatch(
      /^SOURCE {2}ADDRESS .*\npki {5}mqtt-1.*\nother {3}mqtt-1/,
    );
  });

  it("inventory marks an issuer as unverified if its key is not available", () => {
    const issuer = { commonName: "Plant CA", generation: null, verified: false };

    expect(toTable(of({ ...BROKER, issuer }), false)).toContain("Plant CA (unverified)");
  });

  it("inventory colours the table without changing its text", () => {
    const inventory = of(AUTHORITY, { ...BROKER, accepted: false, daysLeft: 29 }, RECORD);
    const colored = toTable(inventory, true);

    expect(colored).toContain("\u001b[31mno");
    expect(colored).toContain("\u001b[33m29");
    expect(stripVTControlCharacters(colored).replace(/ +$/gm, "")).toBe(toTable(inventory, false));
  });

  it.each<[string, World, boolean]>([
    ["a terminal", { isTerminal: true }, true],
    ["a terminal, with NO_COLOR empty", { isTerminal: true, env: { NO_COLOR: "" } }, true],
    ["a terminal, with NO_COLOR set", { isTerminal: true, env: { NO_COLOR: "1" } }, false],
    ["a terminal without colours", { isTerminal: true, env: { TERM: "dumb" } }, false],
    ["a file", {}, false],
  ])("inventory decides about colours for %s", async (_, world, isColored) => {
    const files: Files = { "s.json": fixture("terraform", "state", "state") };
    const { output } = await inventory(files, ["s.json"], world);

    expect(output.includes("\u001b[")).toBe(isColored);
  });
});

describe("inventory as CSV", () => {
  const rows = (...entries: Entry[]) => parse<Record<string, string>>(toCsv(of(...entries)), { columns: true });

  it("inventory writes CSV with a header and all fields", () => {
    expect(rows({ ...BROKER, daysLeft: -3, accepted: false, reasons: ["one", "two, three"] })).toEqual([
      {
        source: "pki",
        location: "brokers/mqtt-1.example.com/server.pem",
        kind: "broker",
        address: "mqtt-1.example.com",
        names: "mqtt-1.example.com 192.0.2.10",
        serial_number: "0A1B",
        fingerprint: "00:FF",
        key_type: "ECDSA P-256",
        generation: "",
        issuer: "Plant CA",
        issuer_generation: "2",
        issuer_verified: "true",
        not_before: "2026-01-01T00:00:00Z",
        not_after: "2027-01-01T12:00:00Z",
        estimated: "false",
        days_left: "-3",
        accepted: "false",
        reasons: "one; two, three",
        usages: "server",
        key_fingerprint: "01:FF",
        key_pin: "sha256//Af8=",
        tasmota_fingerprint: "02 FF",
        renews_at: "2026-10-03T12:00:00Z",
      },
    ]);
  });

  it("inventory leaves unknown values in CSV empty", () => {
    expect(rows(RECORD)[0]).toMatchObject({
      serial_number: "",
      not_after: "",
      days_left: "",
      accepted: "",
      issuer: "",
    });
  });

  it.each(['=HYPERLINK("http://x")', "+1", "-1", "@x", " =1", '"=1', "＝1", "＋1", "－1", "＠x"])(
    "inventory disarms the formula %p in CSV",
    (address) => {
      expect(rows({ ...BROKER, address })[0]?.["address"]).toBe(`'${address}`);
    },
  );

  it("inventory disarms a formula after a semicolon in CSV", () => {
    expect(rows({ ...BROKER, address: "a;=1; @x;b" })[0]?.["address"]).toBe("a;'=1;' @x;b");
  });

  it("inventory writes the header of CSV without certificates", () => {
    expect(toCsv(of())).toMatch(
      /^source,location,.*,reasons,usages,key_fingerprint,key_pin,tasmota_fingerprint,renews_at\r\n$/,
    );
  });
});

describe("inventory as JSON", () => {
  const schema = JSON.parse(readFileSync(join(__dirname, "../../../schema/inventory.schema.json"), "utf8")) as object;
  const ajv = new Ajv({ allowUnionTypes: true, allErrors: true });
  const isInventory = ajv.compile(schema);
  const problems = (text: string) => (isInventory(JSON.parse(text)) ? [] : isInventory.errors);

  it.each(ENGINES)("inventory writes JSON that matches its schema: states made by %s", async (engine) => {
    const files: Files = {
      "state.json": fixture(engine, "state", "state"),
      "machine.json": fixture(engine, "machine", "state"),
      "module.json": fixture(engine, "hcl/module", "state"),
      "pki/broken.pem": "",
    };
    const { output } = await inventory(files, ["state.json", "machine.json", "module.json", "pki", "--format", "json"]);

    expect(problems(output)).toEqual([]);
  });

  it("schema/inventory.schema.json lists every field as required", () => {
    const { definitions } = schema as { definitions: { certificate: { properties: object; required: string[] } } };

    expect(Object.keys(definitions.certificate.properties).sort()).toEqual(Object.keys(BROKER).sort());
    expect(definitions.certificate.required.toSorted()).toEqual(Object.keys(BROKER).sort());
    expect(problems(toJson(of({ ...BROKER, daysLeft: 0.5 })))).not.toEqual([]);
  });
});

describe("inventory as Markdown", () => {
  it("inventory writes Markdown with a table and a diagram", () => {
    const text = toMarkdown(of(AUTHORITY, { ...BROKER, accepted: false, reasons: ["has a weak key"] }));

    expect(text).toContain("# Certificates on 2026-12-01\n");
    expect(text).toContain(
      "| `mqtt-1.example.com` | `mqtt-1.example.com` `192.0.2.10` | 2026-01-01 | 2027-01-01 | 31 | **no** `has a weak key` |",
    );
    expect(text).toContain("  section Authorities\n  #80;lant CA 2 :2026-01-01, 2027-01-01\n");
    expect(text).toContain("  section Brokers\n  #109;qtt-1.example.com :crit, 2026-01-01, 2027-01-01\n");
  });

  it("inventory escapes markup in the table and the diagram of Markdown", () => {
    const text = toMarkdown(of({ ...BROKER, address: "title a|b`c`<i>: #x;", keyType: "<b>|@all" }));

    expect(text).toContain("| `<b>\\|@all` |");
    expect(text).toContain("| `title a\\|bˋcˋ<i>: #x;` |");
    expect(text).toContain("  #116;itle a#124;b#96;c#96;#60;i#62;#58; #35;x#59; :2026-01-01");
  });

  it("inventory draws the certificates that expire first, and counts the others", () => {
    const many = Array.from({ length: 60 }, (_, number) => ({
      ...BROKER,
      address: `mqtt-${number}`,
      notAfter: `20${30 + number}-01-01T00:00:00Z`,
    }));
    const text = toMarkdown(of(RECORD, ...many.toReversed()));

    expect(text.match(/, 20\d\d-01-01$/gm)).toHaveLength(50);
    expect(text).toContain("#109;qtt-49 :");
    expect(text).not.toContain("#109;qtt-50 :");
    expect(text).toContain("11 more are not shown");
    expect(text).toContain("| `mqtt-59` |");
  });

  it("inventory writes Markdown without a diagram if there are no dates, and lists unreadable places", () => {
    const unreadable = [{ source: "pki", location: "a.pem", reason: "is not a certificate" }];
    const text = toMarkdown({ ...of(), unreadable });

    expect(text).not.toContain("mermaid");
    expect(text).toContain("- `pki: a.pem` is not a certificate\n");
  });
});

/** A sample in Prometheus' text format. */
const SAMPLE = /^([a-z_]+)(\{([a-z_]+="(?:[^"\\\n]|\\["\\n])*"(,|(?=\})))*\})? -?\d+(\.\d+)?$/;

describe("inventory as Prometheus metrics", () => {
  it("inventory writes HELP and TYPE for each metric, and each series once", async () => {
    const files: Files = {
      "s.json": fixture("terraform", "state", "state"),
      "m.json": fixture("terraform", "machine", "state"),
    };
    const { output } = await inventory(files, ["s.json", "m.json", "--format", "prometheus"]);
    const samples = output.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    const names = new Set(samples.map((line) => SAMPLE.exec(line)?.[1]));

    expect(samples.filter((line) => !SAMPLE.test(line))).toEqual([]);
    expect(new Set(samples.map((line) => line.replace(/ \S+$/, ""))).size).toBe(samples.length);
    expect([...names]).toEqual([
      "mqtt_pki_certificate_not_after_timestamp_seconds",
      "mqtt_pki_certificate_not_before_timestamp_seconds",
      "mqtt_pki_certificate_renewal_timestamp_seconds",
      "mqtt_pki_certificate_estimated_not_after_timestamp_seconds",
      "mqtt_pki_certificate_accepted",
      "mqtt_pki_inventory_unreadable",
      "mqtt_pki_inventory_broken_rules",
      "mqtt_pki_inventory_timestamp_seconds",
    ]);
    for (const name of names) {
      expect(output).toMatch(new RegExp(`# HELP ${name ?? ""} .*\n# TYPE ${name ?? ""} gauge\n${name ?? ""}[ {]`));
    }
  });

  it("inventory writes times in seconds, and no series for unknown values", () => {
    const text = toPrometheus(of({ ...BROKER, accepted: false }, RECORD));

    expect(text.split("\n").filter((line) => line.startsWith("mqtt_pki_certificate_"))).toEqual([
      `mqtt_pki_certificate_not_after_timestamp_seconds${LABELS} 1798804800`,
      `mqtt_pki_certificate_not_before_timestamp_seconds${LABELS} 1767225600`,
      `mqtt_pki_certificate_renewal_timestamp_seconds${LABELS} 1791028800`,
      `mqtt_pki_certificate_accepted${LABELS} 0`,
    ]);
  });

  it("inventory escapes the labels of metrics", () => {
    expect(toPrometheus(of({ ...BROKER, address: 'a\\b"c' }))).toContain('address="a\\\\b\\"c"');
  });
});

const LABELS =
  '{source="pki",location="brokers/mqtt-1.example.com/server.pem",kind="broker",address="mqtt-1.example.com",issuer="Plant CA",serial="0A1B"}';

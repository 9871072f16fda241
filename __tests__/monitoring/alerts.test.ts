import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { checkOf } from "../../lib/cli/check/check";
import type { CheckedBroker } from "../../lib/cli/check/checked-broker";
import { toPrometheus } from "../../lib/cli/check/formats/prometheus";
import { RULE_KINDS } from "../../lib/cli/rules/kinds";
import { readRules } from "../../lib/cli/rules/rules-file";
import { BROKER } from "../cli/check/support";
import { fixture } from "../cli/fixtures";
import { daysFromNow, type Files, inventoried, inventory, makeServer } from "../cli/inventory/support";
import { describeWith } from "../e2e/support/machine";
import { type MadeAuthority, makeAuthority } from "../support/authorities";
import { page } from "../support/examples";
import { disagreement, findPromtool, flawsOfRules, MONITORING, type Scene } from "./promtool";

interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

const FILES = ["inventory.rules.yml", "check.rules.yml"];

const RULES = FILES.flatMap((file) => {
  const { groups } = parse(readFileSync(join(MONITORING, file), "utf8")) as { groups: { rules: Rule[] }[] };
  return groups.flatMap(({ rules }) => rules);
});

const ALERTS = RULES.filter(({ alert }) => alert !== undefined);

describe("Prometheus alerts", () => {
  it.each(ALERTS)(
    "an alert has a summary, a description and a runbook: $alert, $labels.severity",
    ({ alert, labels, annotations }) => {
      const { summary, description, runbook_url } = annotations ?? {};

      expect(labels?.["severity"]).toMatch(/^(warning|critical)$/);
      expect([summary, description]).toEqual([expect.stringMatching(/./), expect.stringMatching(/\.|\}\}$/)]);
      expect(runbook_url).toMatch(new RegExp(`/docs/how-to/monitoring\\.md#${alert?.toLowerCase() ?? ""}$`));
      expect(page("how-to/monitoring.md")).toContain(`\n### ${alert ?? ""}\n`);
    },
  );

  it("docs/how-to/monitoring.md describes exactly the existing alerts", () => {
    const told = [...page("how-to/monitoring.md").matchAll(/^### (Mqtt\w+)$/gm)].map(([, name]) => name);

    expect(told).toEqual([...new Set(ALERTS.map(({ alert }) => alert))]);
  });
});

const promtool = findPromtool();

/** The alert, its severity, and its broker if it has one. */
type Expected = `${string} ${"warning" | "critical"}${"" | ` ${string}`}`;

describeWith([promtool], "Prometheus alerts, evaluated by promtool", () => {
  const folder = mkdtempSync(join(tmpdir(), "alerts-"));
  const fired = new Set<string>();
  let files: Files;

  beforeAll(() => {
    const root = makeAuthority(folder, "root", { subject: "/CN=Plant CA" });
    const short = makeAuthority(folder, "short", { subject: "/CN=Short CA", days: 900 });
    const other = makeAuthority(folder, "other", { subject: "/CN=Plant CA" });
    const server = (name: string, issuer: MadeAuthority, days: number) =>
      makeServer(folder, name, issuer, { days, extensions: { subjectAltName: `DNS:${name}.example.com` } })
        .certificatePem;
    files = {
      "pki/ca.pem": root.certificatePem,
      "pki/brokers/mqtt-1/server.pem": server("mqtt-1", root, 825),
      "weekly/ca.pem": root.certificatePem,
      "weekly/server.pem": server("weekly", root, 7),
      "foreign/ca.pem": root.certificatePem,
      "foreign/server.pem": server("foreign", other, 825),
      "short/ca.pem": short.certificatePem,
      "short/server.pem": server("mqtt-2", short, 825),
      "broken/ca.pem": root.certificatePem,
      "broken/server.crt": "",
      "state.json": fixture("terraform", "state", "state"),
      "machine.json": fixture("terraform", "machine", "state"),
      "strict.yaml": "rules:\n  - name: shorter\n    longestValidity: 90 days\n",
    };
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  /** Fails if other alerts fire than these. */
  function expectAlerts(scene: Scene, expected: readonly Expected[]): void {
    const alerts = expected.map((line) => {
      const [alertname = "", severity = "", address] = line.split(" ");
      fired.add(`${alertname} ${severity}`);
      return { labels: { alertname, severity, ...(address === undefined ? {} : { address }) } };
    });

    expect(disagreement(promtool, scene, ["alertname", "severity", "address"], alerts)).toBe("");
  }

  /** An inventory at that time, with a check of no brokers. */
  async function inventoryAt(sources: string, now: Date): Promise<Scene> {
    const { output } = await inventory(files, [...sources.split(" "), "--format", "prometheus"], { now });
    return { text: `${output}${checkAt(now)}`, now };
  }

  /** A check at that time, with an inventory of good certificates. */
  async function checkBeside(text: string): Promise<Scene> {
    const now = daysFromNow(1);
    const { output } = await inventory(files, ["pki", "--format", "prometheus"], { now });
    return { text: `${output}${text}`, now };
  }

  it.each(FILES)("promtool accepts the rules file %s", (file) => {
    expect(flawsOfRules(promtool, join(MONITORING, file))).toBe("");
  });

  it.each<[string, string, number, readonly Expected[]]>([
    ["none for a good certificate", "pki", 1, []],
    ["none a month before expiry", "pki", 825 - 31, []],
    ["warning 30 days before expiry", "pki", 825 - 29, ["MqttCertificateEnds warning mqtt-1.example.com"]],
    ["critical a week before expiry", "pki", 825 - 6, ["MqttCertificateEnds critical mqtt-1.example.com"]],
    ["an expired certificate", "pki", 826, ["MqttCertificateOver critical mqtt-1.example.com"]],
    ["none for a young certificate that is valid for a week", "weekly", 4, []],
    ["warning in the last sixth of a week's validity", "weekly", 6, ["MqttCertificateEnds warning weekly.example.com"]],
    [
      "critical in the last hours of a week's validity",
      "weekly",
      6.8,
      ["MqttCertificateEnds critical weekly.example.com"],
    ],
    ["a certificate that clients refuse", "foreign", 1, ["MqttCertificateRefused critical foreign.example.com"]],
    [
      "only the expiry of a refused certificate that has expired",
      "foreign",
      826,
      ["MqttCertificateOver critical foreign.example.com"],
    ],
    [
      "warning for an authority that expires before its next certificate would",
      "short",
      100,
      ["MqttAuthorityEnds warning"],
    ],
    [
      "critical for an authority that expires soon",
      "short",
      815,
      ["MqttAuthorityEnds critical", "MqttCertificateEnds warning mqtt-2.example.com"],
    ],
    ["a certificate that cannot be read", "broken", 1, ["MqttInventoryUnreadable warning"]],
    ["a broken rule", "pki --rules strict.yaml", 1, ["MqttInventoryBreaksRules warning"]],
  ])("alerts fire as expected: %s", async (_, sources, days, expected) => {
    expectAlerts(await inventoryAt(sources, daysFromNow(days)), expected);
  });

  it("MqttRenewalOverdue fires for a certificate that no deployment renewed", async () => {
    const [first] = (await inventoried(files, ["state.json"])).certificates.filter(({ kind }) => kind === "broker");
    const renewal = Date.parse(first?.renewsAt ?? "");
    const days = (count: number) => new Date(renewal + count * 86_400_000);

    expectAlerts(await inventoryAt("state.json", days(1)), []);
    expectAlerts(await inventoryAt("state.json", days(3)), [
      "MqttRenewalOverdue warning mqtt-1.example.com",
      "MqttRenewalOverdue warning mqtt-2.example.com",
    ]);
  });

  it("MqttCertificateEnds fires by the estimated expiry date of custody machine", async () => {
    const [authority, first] = (await inventoried(files, ["machine.json"])).certificates;
    const before = (days: number) => new Date(Date.parse(first?.notAfter ?? "") - days * 86_400_000);
    const both = (alert: string): Expected[] =>
      ["mqtt-1", "mqtt-2"].map((name) => `${alert} ${name}.example.com` as Expected);

    expect([authority?.estimated, first?.estimated]).toEqual([true, true]);
    expectAlerts(await inventoryAt("machine.json", before(31)), []);
    expectAlerts(await inventoryAt("machine.json", before(29)), both("MqttCertificateEnds warning"));
    expectAlerts(await inventoryAt("machine.json", before(6)), both("MqttCertificateEnds critical"));
    expectAlerts(await inventoryAt("machine.json", before(-1)), both("MqttCertificateOver critical"));
  });

  it("alerts fire for an old and for a missing report", async () => {
    const now = daysFromNow(1);
    const scene = await inventoryAt("pki", now);
    const missing = { text: "", now };

    expectAlerts({ ...scene, minutes: 25 * 60 }, []);
    expectAlerts({ ...scene, minutes: 27 * 60 }, ["MqttInventoryIsOld warning", "MqttCheckIsOld warning"]);
    expectAlerts({ ...missing, minutes: 30 }, []);
    expectAlerts({ ...missing, minutes: 90 }, ["MqttInventoryIsMissing warning", "MqttCheckIsMissing warning"]);
  });

  it.each<[string, Partial<CheckedBroker>, readonly Expected[]]>([
    ["none for a broker that serves its declared certificate until expiry", { served: servedUntil(5) }, []],
    [
      "a broker that is not reached",
      { protocol: null, accepted: null, sameCertificate: null, served: null },
      ["MqttBrokerUnreachable critical mqtt-1.example.com"],
    ],
    ["a broker that clients refuse", { accepted: false }, ["MqttBrokerRefused critical mqtt-1.example.com"]],
    [
      "a broker that serves another certificate",
      { sameCertificate: false },
      ["MqttBrokerStale warning mqtt-1.example.com"],
    ],
    [
      "the expiry of a served certificate, without a declared one",
      { sameCertificate: null, served: servedUntil(29) },
      ["MqttServedCertificateEnds warning mqtt-1.example.com"],
    ],
    [
      "the expiry of a served certificate that is not the declared one",
      { sameCertificate: false, served: servedUntil(5) },
      ["MqttBrokerStale warning mqtt-1.example.com", "MqttServedCertificateEnds critical mqtt-1.example.com"],
    ],
    [
      "only the expiry of a served certificate that clients refuse",
      { accepted: false, served: servedUntil(-1) },
      ["MqttServedCertificateOver critical mqtt-1.example.com"],
    ],
  ])("alerts fire as expected: %s", async (_, found, expected) => {
    expectAlerts(await checkBeside(checkAt(daysFromNow(1), { ...GOOD, ...found })), expected);
  });

  it("alerts fire for unreadable sources of a check, and for broken rules", async () => {
    const rules = readRules(
      "strict.yaml",
      Buffer.from("rules:\n  - { name: shorter, longestValidity: 90 days }\n"),
      RULE_KINDS,
    );
    const unreadable = [{ source: "pki", location: "a.pem", reason: "is not a certificate" }];
    const check = checkOf([GOOD], unreadable, daysFromNow(1), rules);

    expectAlerts(await checkBeside(toPrometheus(check)), [
      "MqttCheckUnreadable warning",
      "MqttCheckBreaksRules warning",
    ]);
  });

  it("an alert names its broker and its location, with any characters", async () => {
    const address = `mqtt-1 {{ $value }} "\\ü`;
    const alert = RULES.find(({ alert }) => alert === "MqttBrokerStale");
    const labels = { alertname: "MqttBrokerStale", severity: "warning", address };
    const found = { ...GOOD, address, source: "pki", sameCertificate: false };
    const annotations = {
      summary: `${address} does not serve the declared certificate`,
      description:
        "The broker has not received the declared certificate, or has not loaded it. Dialled: mqtt-1.example.com:8883, declared in pki",
      runbook_url: alert?.annotations?.["runbook_url"] ?? "",
    };
    const scene = await checkBeside(checkAt(daysFromNow(1), found));
    const all = { ...labels, source: "pki", dialled: "mqtt-1.example.com:8883" };

    expect(disagreement(promtool, scene, Object.keys(all), [{ labels: all, annotations }])).toBe("");
  });

  it("every alert fires in these tests", () => {
    expect([...fired].sort()).toEqual(
      ALERTS.map(({ alert = "", labels }) => `${alert} ${labels?.["severity"] ?? ""}`).sort(),
    );
  });
});

/** A certificate for 825 days that expires that many days after the check. */
function servedUntil(days: number): CheckedBroker["served"] {
  const times = { notBefore: daysFromNow(1 + days - 825).toISOString(), notAfter: daysFromNow(1 + days).toISOString() };
  return BROKER.served && { ...BROKER.served, ...times };
}

const GOOD: CheckedBroker = { ...BROKER, served: servedUntil(400) };

function checkAt(now: Date, ...brokers: readonly CheckedBroker[]): string {
  return toPrometheus(checkOf(brokers, [], now));
}

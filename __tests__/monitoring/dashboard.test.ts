import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GridPos } from "@grafana/grafana-foundation-sdk/dashboard";
import { checkOf } from "../../lib/cli/check/check";
import { toPrometheus } from "../../lib/cli/check/formats/prometheus";
import { BROKER } from "../cli/check/support";
import { fixture } from "../cli/fixtures";
import { type Files, inventoried, inventory } from "../cli/inventory/support";
import { describeWith } from "../e2e/support/machine";
import { makeAuthority } from "../support/authorities";
import { findPromtool, MONITORING, withoutValue } from "./promtool";

interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly datasource: unknown;
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: GridPos;
  readonly datasource?: unknown;
  readonly targets?: readonly Target[];
}

const { panels, templating } = JSON.parse(readFileSync(join(MONITORING, "dashboard.json"), "utf8")) as {
  panels: readonly Panel[];
  templating: { list: readonly { readonly name: string; readonly type: string; readonly datasource?: unknown }[] };
};

const TARGETS = panels.flatMap(({ targets = [] }) => targets);

/** The variable for the chosen Prometheus. */
const CHOSEN = { type: "prometheus", uid: "${datasource}" };

describe("the Grafana dashboard", () => {
  it("the dashboard queries only the chosen Prometheus", () => {
    const asking = panels.filter(({ type }) => type !== "row");
    const [datasource, source] = templating.list;

    expect(templating.list.map(({ name, type }) => [name, type])).toEqual([
      ["datasource", "datasource"],
      ["source", "query"],
    ]);
    expect(datasource).toMatchObject({ query: "prometheus" });
    expect([source, ...asking, ...TARGETS].map((one) => one?.datasource)).toEqual(
      [source, ...asking, ...TARGETS].map(() => CHOSEN),
    );
  });

  it("the panels of the dashboard do not overlap, and each has a number, a title and queries", () => {
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)} ${y + Math.floor(cell / w)}`),
    );

    expect(new Set(cells).size).toBe(cells.length);
    expect(panels.filter(({ gridPos: { x, w } }) => x + w > 24)).toEqual([]);
    expect(panels.map(({ id }) => id)).toEqual(panels.map((_, index) => index + 1));
    for (const { type, title, targets = [] } of panels) {
      expect(title).not.toBe("");
      expect(targets.length > 0).toBe(type !== "row");
      expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
    }
  });
});

const promtool = findPromtool();

describe("the queries of the dashboard", () => {
  const folder = mkdtempSync(join(tmpdir(), "dashboard-"));
  let files: Files;

  beforeAll(() => {
    files = {
      "state.json": fixture("terraform", "state", "state"),
      "machine.json": fixture("terraform", "machine", "state"),
      "pki/ca.pem": makeAuthority(folder, "other").certificatePem,
      "pki/server.pem": fixturePem(),
    };
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  /** The certificate of a broker; a client with another trust anchor refuses it. */
  function fixturePem(): string {
    const { values } = JSON.parse(fixture("terraform", "state", "state")) as {
      values: { root_module: { resources: { type: string; values: { cert_pem?: string } }[] } };
    };
    return values.root_module.resources.find(({ type }) => type === "tls_locally_signed_cert")?.values.cert_pem ?? "";
  }

  /** A fleet with every kind of finding: due renewals, refused certificates and refused brokers. */
  async function written(): Promise<{ text: string; now: Date }> {
    const ends = (await inventoried(files, ["state.json"])).certificates.find(
      ({ kind }) => kind === "broker",
    )?.notAfter;
    const now = new Date(Date.parse(ends ?? "") - 20 * 86_400_000);
    const sources = ["state.json", "machine.json", "pki"];
    const { output } = await inventory(files, [...sources, "--format", "prometheus"], { now });
    const brokers = [
      BROKER,
      { ...BROKER, address: "mqtt-2", protocol: null },
      { ...BROKER, address: "mqtt-3", accepted: false, sameCertificate: false },
    ];
    return { text: `${output}${toPrometheus(checkOf(brokers, [], now))}`, now };
  }

  it("the dashboard queries every metric of mqtt-pki, and no other", async () => {
    const { text } = await written();
    const asked = new Set(TARGETS.flatMap(({ expr }) => expr.match(/mqtt_pki_\w+/g) ?? []));
    const there = [...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name = ""]) => name);

    expect([...asked].filter((name) => !there.includes(name))).toEqual([]);
    expect(there.filter((name) => !asked.has(name)).filter((name) => !/not_before|served/.test(name))).toEqual([]);
  });

  describeWith([promtool], "as promtool evaluates it,", () => {
    it("every query of the dashboard returns a value if there is data", async () => {
      const expressions = TARGETS.map(({ expr }) => expr.replaceAll("$source", ".*"));

      expect(withoutValue(promtool, await written(), expressions)).toBe("");
    });

    it("the test of queries finds a missing metric and an invalid expression", async () => {
      const scene = await written();

      expect(withoutValue(promtool, scene, ["mqtt_pki_nothing"])).toContain("got: nil");
      expect(withoutValue(promtool, scene, ["count(mqtt_pki_nothing"])).toContain("parse error");
    });
  });
});

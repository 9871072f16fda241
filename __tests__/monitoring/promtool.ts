import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { debianProgram } from "../../scripts/debian-program";
import type { Tool } from "../e2e/support/machine";

export const MONITORING = join(__dirname, "../../monitoring");

/** The installed promtool, or Debian's. */
export function findPromtool(): Tool {
  if (spawnSync("promtool", ["--version"]).status === 0) {
    return { program: "promtool" };
  }
  try {
    return { program: debianProgram("prometheus", "usr/bin/promtool").program };
  } catch {
    return { program: "promtool", missing: "promtool is not installed, and apt-get cannot get it" };
  }
}

/** An alert that fires, as a test expects it. */
export interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  /** The annotations. @default - not compared */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The scraped metrics, and the time at which alerts are evaluated. */
export interface Scene {
  /** The output of the command line, in Prometheus' text format. */
  readonly text: string;
  /** The time of the output; times are relative to it. */
  readonly now: Date;
  /** The minutes until the evaluation. @default 10 */
  readonly minutes?: number;
}

/** Labels that Prometheus adds to scraped metrics. */
const SCRAPED = { instance: "pki.example.com:9100", job: "node" };

/** Minutes between two evaluations. */
const INTERVAL = 5;

/**
 * Lets promtool evaluate the rules on the output, with exactly these alerts firing.
 *
 * @param by the labels that tell alerts apart
 * @returns the errors of promtool; empty if all is as expected
 */
export function disagreement(promtool: Tool, scene: Scene, by: readonly string[], alerts: readonly Alert[]): string {
  const { text, now, minutes = 10 } = scene;
  const expr = `count by (${by.join(", ")}) (ALERTS{alertstate="firing"})`;
  const test = {
    interval: `${INTERVAL}m`,
    input_series: seriesOf(text, now, Math.ceil(minutes / INTERVAL)),
    promql_expr_test: [
      {
        expr,
        eval_time: `${minutes}m`,
        exp_samples: alerts.map(({ labels }) => ({ labels: labelsOf(labels), value: 1 })),
      },
    ],
    alert_rule_test: alerts.flatMap(({ labels, annotations }) =>
      annotations === undefined
        ? []
        : [
            {
              eval_time: `${minutes}m`,
              alertname: labels["alertname"],
              exp_alerts: [
                { exp_labels: { ...labels, ...SCRAPED, alertname: undefined }, exp_annotations: annotations },
              ],
            },
          ],
    ),
  };
  const rules = ["inventory", "check"].map((name) => join(MONITORING, `${name}.rules.yml`));
  return inFile({ rule_files: rules, evaluation_interval: `${INTERVAL}m`, tests: [test] }, (file) =>
    saidBy(promtool, ["test", "rules", file]),
  );
}

/**
 * Lets promtool evaluate expressions on the output.
 *
 * @returns the errors of promtool for expressions without a value; empty if each has one
 */
export function withoutValue(promtool: Tool, { text, now }: Scene, expressions: readonly string[]): string {
  const test = {
    interval: `${INTERVAL}m`,
    input_series: seriesOf(text, now, 1),
    promql_expr_test: expressions.map((expr) => ({
      expr: `group(${expr})`,
      eval_time: `${INTERVAL}m`,
      exp_samples: [{ labels: "{}", value: 1 }],
    })),
  };
  return inFile({ rule_files: [], tests: [test] }, (file) => saidBy(promtool, ["test", "rules", file]));
}

/** The errors of promtool about the rules of the repository; empty if they are valid. */
export function flawsOfRules(promtool: Tool, file: string): string {
  return saidBy(promtool, ["check", "rules", "--lint=all", "--lint-fatal", file]);
}

function saidBy({ program }: Tool, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: "utf8" });
  if (error !== undefined) {
    throw error;
  }
  return status === 0 ? "" : `${stdout}${stderr}`;
}

/** JSON is YAML. */
function inFile<T>(content: object, use: (file: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "promtool-"));
  try {
    const file = join(folder, "file.yml");
    writeFileSync(file, JSON.stringify(content));
    return use(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The clock of promtool starts at 0, and so do times. */
function seriesOf(text: string, now: Date, times: number): { series: string; values: string }[] {
  const samples = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return samples.map((line) => {
    const [, name = "", labels = "", value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    const number = Number(value) - (name.endsWith("_timestamp_seconds") ? Math.floor(now.getTime() / 1000) : 0);
    const scraped = Object.entries(SCRAPED).map(([label, what]) => `${label}="${what}"`);
    const all = [...(labels === "" ? [] : [labels]), ...scraped].join(",");
    return { series: `${name}{${all}}`, values: `${number}+0x${times}` };
  });
}

function labelsOf(labels: Readonly<Record<string, string>>): string {
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(",")}}`;
}

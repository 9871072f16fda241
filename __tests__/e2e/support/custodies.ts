import { writeFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import {
  describeBareEngine,
  describeEachBareEngine,
  describeEachEngine,
  describeEngine,
  type DescribeEach,
  type Engine,
  machine,
} from "./machine";
import type { FileFacts, Project } from "./project";
import { run, type Result } from "./run";

export type Custody = "state" | "machine";

/** Each custody, with a `describe` for all engines, as it needs them. */
export const CUSTODIES_EVERYWHERE: readonly (readonly [custody: Custody, describeEach: DescribeEach])[] = [
  ["state", describeEachEngine],
  ["machine", describeEachBareEngine],
];

/**
 * Each custody, with a `describe` for one engine: custody "state" with the first that there is, "machine" with the last. The
 * long tests have the same with all engines.
 */
export const CUSTODIES: typeof CUSTODIES_EVERYWHERE = isLong() ? CUSTODIES_EVERYWHERE : crosswise();

/** For what needs the providers: one engine, and in the long tests all. */
export const describeOneEngine: DescribeEach = describeFor("state");

/** For what needs no provider: as {@link describeOneEngine}. */
export const describeOneBareEngine: DescribeEach = describeFor("machine");

function describeFor(wanted: Custody): DescribeEach {
  return (name, body, tools) => {
    for (const [custody, describeEach] of CUSTODIES) {
      if (custody === wanted) {
        describeEach(name, body, tools);
      }
    }
  };
}

/** Whether these are the long tests, which have all where others have some. */
export function isLong(): boolean {
  return (globalThis as { readonly ALL_ENGINES?: true }).ALL_ENGINES === true;
}

function crosswise(): typeof CUSTODIES_EVERYWHERE {
  const { engines } = machine();
  const present = engines.filter(({ missing }) => missing === undefined);
  const some = present.length > 0 ? present : engines;
  const withOne =
    (chosen: readonly Engine[], describeOne: typeof describeEngine): DescribeEach =>
    (name, body, tools = []) => {
      for (const engine of chosen) {
        describeOne(engine, name, body, tools);
      }
    };
  return [
    ["state", withOne(some.slice(0, 1), describeEngine)],
    ["machine", withOne(some.slice(-1), describeBareEngine)],
  ];
}

const DAY = 24 * 3_600_000;

/** The files that are new, gone, or other than before: content, mode, or time. */
export function changed(before: Record<string, FileFacts>, after: Record<string, FileFacts>): string[] {
  const paths = Object.keys({ ...before, ...after });
  return paths.filter((path) => !isDeepStrictEqual(before[path], after[path])).sort();
}

/** Rewrites when the authority's certificate ends, where a plan looks for it. */
export function letAuthorityEnd(project: Project, custody: Custody, days: number): void {
  const end = inDays(days);
  if (custody === "machine") {
    rewrite(project, "pki/ca.json", /(?<="not_after":")[^"]+/, end);
  } else {
    const text = /(?<="type": "tls_self_signed_cert",\s+"name": "authority",[^]*?"validity_end_time": ")[^"]+/;
    rewrite(project, "terraform.mqtt.tfstate", text, end);
  }
}

/** Rewrites when a broker's certificate ends, where a plan looks for it: in the state, or in its record. */
export function letEnd(project: Project, custody: Custody, address: string, days: number): void {
  const end = inDays(days);
  if (custody === "machine") {
    rewrite(project, `pki/brokers/${address}/server.json`, /(?<="not_after":")[^"]+/, end);
  } else {
    const resource = `"broker_${address.replaceAll(".", "_")}"`;
    const text = new RegExp(
      `(?<="type": "tls_locally_signed_cert",\\s+"name": ${resource},[^]*?"validity_end_time": ")[^"]+`,
    );
    rewrite(project, "terraform.mqtt.tfstate", text, end);
  }
}

/** Synthesizes what may not be right. */
export function trySynth(project: Project): Promise<Result> {
  return run(process.execPath, ["--import", "tsx", "main.ts"], { cwd: project.path() });
}

/** What an engine, or openssl, said on one of its streams: on one line, without the frames that engines draw. */
export function wordsOf(text: string): string {
  return text.replace(/\s*[│╷╵]?\s+/g, " ");
}

/** The errors that an engine printed: what it calls them, and their text on one line. */
export function errorsOf({ stderr }: Result): { kinds: string[]; text: string } {
  const errors = stderr.slice(stderr.search(/^ *Error: /m));
  return { kinds: errors.match(/(?<=^ *Error: ).*/gm) ?? [], text: errors.replace(/\s+/g, " ") };
}

function inDays(days: number): string {
  return new Date(Date.now() + days * DAY).toISOString().replace(/\.\d+/, "");
}

function rewrite(project: Project, path: string, pattern: RegExp, by: string): void {
  const text = project.read(path);
  const rewritten = text.replace(pattern, by);
  if (rewritten === text) {
    throw new Error(`${path} has no ${pattern.source}`);
  }
  writeFileSync(project.path(path), rewritten);
}

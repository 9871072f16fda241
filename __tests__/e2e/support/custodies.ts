import { existsSync } from "node:fs";
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

export { letAuthorityEnd, letEnd } from "./ends";

export type Custody = "state" | "machine";

/** Each custody, with a `describe` for all engines that it needs. */
export const CUSTODIES_EVERYWHERE: readonly (readonly [custody: Custody, describeEach: DescribeEach])[] = [
  ["state", describeEachEngine],
  ["machine", describeEachBareEngine],
];

/**
 * Each custody, with a `describe` for one engine: custody "state" with the first present engine, "machine" with the last. The
 * long tests use all engines.
 */
export const CUSTODIES: typeof CUSTODIES_EVERYWHERE = isLong() ? CUSTODIES_EVERYWHERE : crosswise();

/** For tests that need the providers: one engine, and all engines in the long tests. */
export const describeOneEngine: DescribeEach = describeFor("state");

/** For tests that need no provider, as {@link describeOneEngine}. */
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

/** Whether these are the long tests, which run all variants. */
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

/** The files that are new, gone, or changed in content, mode or time. */
export function changed(before: Record<string, FileFacts>, after: Record<string, FileFacts>): string[] {
  const paths = Object.keys({ ...before, ...after });
  return paths.filter((path) => !isDeepStrictEqual(before[path], after[path])).sort();
}

/** The keys and certificates in their final places. */
export function keysAndCertificates(project: Project): Record<string, FileFacts> {
  const files = existsSync(project.path("pki")) ? project.files("pki") : {};
  return Object.fromEntries(Object.entries(files).filter(([path]) => /\.(key|pem)$/.test(path)));
}

/** Synthesizes a declaration that may be wrong. */
export function trySynth(project: Project): Promise<Result> {
  return run(process.execPath, ["--import", "tsx", "main.ts"], { cwd: project.path() });
}

/** The output of an engine or a program on one line, without the frames that engines draw. */
export function wordsOf(text: string): string {
  return text.replace(/\s*[│╷╵]?\s+/g, " ");
}

/** The errors of an engine: their headings, and their text on one line. */
export function errorsOf({ stderr }: Result): { kinds: string[]; text: string } {
  const errors = stderr.slice(stderr.search(/^ *Error: /m));
  return { kinds: errors.match(/(?<=^ *Error: ).*/gm) ?? [], text: errors.replace(/\s+/g, " ") };
}

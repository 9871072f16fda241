import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { textsIn } from "../support/synth";

const FILES = join(__dirname, "files");
const REPOSITORY = join(__dirname, "../..");

type Texts = Readonly<Record<string, string>>;

/** The differences between the golden files and the current synthesis of fleets; empty if they are equal. */
export function changeOfFleets(now: Texts): string {
  return changes(textsIn(FILES), now);
}

/** The differences between generated files of the repository and their current content; empty if they are equal. */
export function changeOfFiles(now: Texts): string {
  const before = Object.keys(now).map((path) => [path, readFileSync(join(REPOSITORY, path), "utf8")] as const);
  return changes(Object.fromEntries(before), now);
}

/** Accepts the current output as golden. */
export function accept(fleets: Texts, files: Texts): void {
  rmSync(FILES, { recursive: true, force: true });
  const synthesized = Object.entries(fleets).map(([path, text]) => [join(FILES, path), text] as const);
  const others = Object.entries(files).map(([path, text]) => [join(REPOSITORY, path), text] as const);
  for (const [path, text] of [...synthesized, ...others]) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

function changes(before: Texts, now: Texts): string {
  const paths = Object.keys({ ...before, ...now }).sort();
  const found = paths.flatMap((path) => changeOf(path, before[path], now[path]));
  return found.length === 0 ? "" : [...found, 'Where this is meant, "npm run golden" accepts it.'].join("\n");
}

function changeOf(path: string, before: string | undefined, now: string | undefined): string[] {
  if (before === undefined || now === undefined) {
    return [`${path} ${before === undefined ? "is new" : "is made no longer"}`];
  }
  if (before === now) {
    return [];
  }
  const common = lengthInCommon(before, now);
  const line = before.slice(0, common).split("\n").length;
  return [`${path}:${line}`, `  was: ${around(common, before)}`, `  is:  ${around(common, now)}`];
}

function lengthInCommon(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) {
    length += 1;
  }
  return length;
}

/** The text around that place in its line: some lines have thousands of characters. */
function around(place: number, text: string): string {
  const [before = ""] = text.slice(0, place).split("\n").slice(-1);
  const [after = ""] = text.slice(place).split("\n", 1);
  return `${before.slice(-60)}${after.slice(0, 60)}`;
}

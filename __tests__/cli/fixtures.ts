import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

/** The engines of the recorded plans and states. */
export const ENGINES = ["terraform", "tofu"] as const;

/** Fleets of this library by custody, and hand-written stacks by the way they are written. */
export const FOLDERS = [
  "state",
  "machine",
  "hcl/map",
  "hcl/module",
  "hcl/count",
  "hcl/wired",
  "hcl/intermediate",
] as const;

export type EngineName = (typeof ENGINES)[number];
export type Folder = (typeof FOLDERS)[number];

const SUFFIX = ".json.gz";

/** The path of a fixture. */
export function fixtureFile(engine: EngineName, folder: Folder, name: string): string {
  return join(__dirname, "fixtures", engine, folder, `${name}${SUFFIX}`);
}

/** The output of `show -json` for a plan or a state, with dummies instead of secrets. README.md in that folder lists all. */
export function fixture(engine: EngineName, folder: Folder, name: string): string {
  return gunzipSync(readFileSync(fixtureFile(engine, folder, name))).toString();
}

/** The names of the fixtures in a folder, sorted. */
export function fixturesOf(folder: Folder, engine: EngineName = "terraform"): string[] {
  return readdirSync(join(__dirname, "fixtures", engine, folder))
    .filter((file) => file.endsWith(SUFFIX))
    .map((file) => file.slice(0, -SUFFIX.length))
    .sort();
}

/** Ways in which the text of a plan can get corrupt. */
export const CORRUPT = {
  /** An unknown version. */
  unknownFormat: (text: string): string => text.replace(/(?<="format_version":")[^"]+/, "2.0"),
  truncated: (text: string): string => text.slice(0, Math.floor(text.length / 2)),
  empty: (): string => "",
  /** With other text on its line. */
  labelled: (text: string): string => `stdout: ${text}\n`,
} as const;

/** Output of the wrapper that the action setup-terraform puts around the engine. */
export function wrapped(text: string): string {
  return `[command]/usr/bin/terraform show -json plan\n${text}\n::debug::Terraform exited with code 0.\n::debug::stdout: ${text}\n`;
}

import { createHash } from "node:crypto";
import { posix } from "node:path";
import { isList, isObject } from "../../values/plain-data";
import { InputError } from "../input-error";
import type { Io } from "../io";
import { parseJson, property } from "../read/json";
import type { SynthesizedStack } from "./affected";
import { contentOf, placeOf } from "./stack-content";

const SYNTH_AGAIN = 'run "cdktf synth" again, and pass its cdktf.out';

/** A stack in the manifest. */
interface Entry {
  readonly name: string;
  readonly constructPath: string;
  readonly workingDirectory: string;
  readonly synthesizedStackPath: string;
  /** The construct paths of other stacks, or their names. */
  readonly dependencies: readonly string[];
}

/**
 * Reads the output of `cdktf synth`.
 *
 * @param directory the path of cdktf.out, as the user named it
 * @throws InputError if it is something else, or if a part of it is missing
 */
export async function readSynth(io: Io, directory: string): Promise<SynthesizedStack[]> {
  const entries = await readManifest(io, directory);
  const names = new Map(entries.map(({ constructPath, name }) => [constructPath, name]));
  const texts = new Map<string, unknown>();
  for (const { name, synthesizedStackPath } of entries) {
    const path = posix.join(directory, synthesizedStackPath);
    texts.set(name, parseJson(path, await io.read(path), `${SYNTH_AGAIN}, without --hcl`));
  }
  const place = [...texts].map(([name, text]) => placeOf(name, text)).find((found) => found !== undefined);
  const stacks: SynthesizedStack[] = [];
  for (const { name, workingDirectory, synthesizedStackPath, dependencies } of entries) {
    stacks.push({
      name,
      workingDirectory,
      dependencies: dependencies.map((path) => names.get(path) ?? path).sort(),
      content: contentOf(texts.get(name), place),
      files: await readFiles(io, directory, workingDirectory, synthesizedStackPath),
    });
  }
  return stacks;
}

async function readManifest(io: Io, directory: string): Promise<Entry[]> {
  const files = await io.list(directory);
  if (files === undefined) {
    throw new InputError(directory, "is not a directory", SYNTH_AGAIN);
  }
  if (!files.includes("manifest.json")) {
    throw new InputError(directory, "has no manifest.json, so nothing was synthesized there", SYNTH_AGAIN);
  }
  const path = posix.join(directory, "manifest.json");
  const manifest = parseJson(path, await io.read(path), SYNTH_AGAIN);
  const stacks = property(manifest, "stacks");
  const entries = isObject(stacks) ? Object.values<unknown>({ ...stacks }) : [undefined];
  if (!entries.every(isEntry)) {
    throw new InputError(path, "is not a manifest of cdktf 0.21 or cdktn 0.24", SYNTH_AGAIN);
  }
  return entries;
}

function isEntry(value: unknown): value is Entry {
  const dependencies = property(value, "dependencies");
  const texts = ["name", "constructPath", "workingDirectory", "synthesizedStackPath"];
  return (
    texts.every((name) => typeof property(value, name) === "string") &&
    isList(dependencies) &&
    dependencies.every((path) => typeof path === "string")
  );
}

/** The digests of the other files in the stack's folder, without files that an engine left there. */
async function readFiles(io: Io, directory: string, folder: string, text: string): Promise<Record<string, string>> {
  const paths = await io.list(posix.join(directory, folder));
  const digests: Record<string, string> = {};
  for (const path of paths ?? []) {
    if (posix.join(folder, path) !== posix.normalize(text) && !isLeftByEngine(path)) {
      const bytes = await io.read(posix.join(directory, folder, path));
      digests[path] = createHash("sha256").update(bytes).digest("hex");
    }
  }
  return digests;
}

/** Providers and their lock file, plans, states. */
function isLeftByEngine(path: string): boolean {
  return /^(\.terraform\/|\.terraform[.\w]*$|[^/]*plan$|[^/]*\.tfstate(\.|$))/.test(path);
}

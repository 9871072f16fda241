import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Variant } from "../deployment/deploy";
import { FLEET, type Fleet, PASSWORD } from "../support/fleet";
import { inNewDirectory, median, rounds, run } from "../support/run";

/** What one synth took. */
interface Synth {
  /** From a new App to the end of `app.synth()`. */
  readonly seconds: number;
  /** From the start of node to its end. */
  readonly processSeconds: number;
  /** The most memory that the process had, in millions of bytes. */
  readonly megabytes: number;
}

/** Medians of several rounds. */
export interface SynthFigures extends Synth, Fleet {
  readonly rounds: readonly Synth[];
}

/** Where, below the directory of a synth, the fleet's stack is. */
export const STACK_FOLDER = `cdktf.out/stacks/${FLEET}`;

export function measureSynth(fleet: Fleet, count: number): SynthFigures {
  const measured = rounds(count, `Synth of ${fleet.brokers} brokers, custody ${fleet.custody}`, () =>
    inNewDirectory((directory) => synthesize(fleet, directory)),
  );
  return {
    ...fleet,
    seconds: median(measured.map((round) => round.seconds)),
    processSeconds: median(measured.map((round) => round.processSeconds)),
    megabytes: median(measured.map((round) => round.megabytes)),
    rounds: measured,
  };
}

/** What the library makes of a fleet. */
export function synthesized(fleet: Fleet): Variant {
  return inNewDirectory((directory) => {
    synthesize(fleet, directory);
    const folder = join(directory, STACK_FOLDER);
    const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    return {
      brokers: fleet.brokers,
      files: Object.fromEntries(paths.map((path) => [path.slice(folder.length + 1), readFileSync(path, "utf8")])),
      folder: STACK_FOLDER,
      needsProviders: fleet.custody === "state",
    };
  });
}

/** Synthesizes a fleet in `directory`. */
export function synthesize({ brokers, custody, keyAlgorithm, hasPasswords = false }: Fleet, directory: string): Synth {
  // By its full name: node looks for it from the working directory on.
  const loader = pathToFileURL(require.resolve("tsx")).href;
  const child = join(__dirname, "synth-child.ts");
  const { output, seconds: processSeconds } = run(
    process.execPath,
    ["--import", loader, child, `${brokers}`, custody, keyAlgorithm, ...(hasPasswords ? [PASSWORD.variable] : [])],
    directory,
  );
  const { seconds, kibibytes } = JSON.parse(output) as { seconds: number; kibibytes: number };
  return { seconds, processSeconds, megabytes: (kibibytes * 1024) / 1e6 };
}

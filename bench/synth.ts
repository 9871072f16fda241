import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { FLEET } from "./fleet";
import { inNewDirectory, median, rounds, run } from "./run";

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
export interface SynthFigures extends Synth {
  readonly brokers: number;
  readonly rounds: readonly Synth[];
}

/** Where, below the directory of a synth, the fleet's stack is. */
export const STACK_FOLDER = `cdktf.out/stacks/${FLEET}`;

export function measureSynth(brokers: number, count: number): SynthFigures {
  const measured = rounds(count, `Synth of ${brokers} brokers`, () =>
    inNewDirectory((directory) => synthesize(brokers, directory)),
  );
  return {
    brokers,
    seconds: median(measured.map((round) => round.seconds)),
    processSeconds: median(measured.map((round) => round.processSeconds)),
    megabytes: median(measured.map((round) => round.megabytes)),
    rounds: measured,
  };
}

/** Synthesizes a fleet in `directory`. */
export function synthesize(brokers: number, directory: string): Synth {
  // By its full name: node looks for it from the working directory on.
  const loader = pathToFileURL(require.resolve("tsx")).href;
  const child = join(__dirname, "synth-child.ts");
  const { output, seconds: processSeconds } = run(
    process.execPath,
    ["--import", loader, child, `${brokers}`],
    directory,
  );
  const { seconds, kibibytes } = JSON.parse(output) as { seconds: number; kibibytes: number };
  return { seconds, processSeconds, megabytes: (kibibytes * 1024) / 1e6 };
}

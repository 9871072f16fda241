import { closeSync, openSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Reviewed, repeatedPlan } from "./repeated-plan";
import { inNewDirectory, median, rounds, run } from "./run";

/** What one review took, to a page of Markdown. */
interface OneReview {
  /** From a plan in a file to the page. */
  readonly seconds: number;
  /** The most memory that the process had, in millions of bytes. */
  readonly megabytes: number;
}

/** Medians of several rounds. */
export interface ReviewFigures extends OneReview {
  readonly what: Reviewed;
  readonly brokers: number;
  /** How large the plan is, in millions of bytes. */
  readonly planMegabytes: number;
  readonly rounds: readonly OneReview[];
}

export function measureReview(what: Reviewed, brokers: number, count: number): ReviewFigures {
  return inNewDirectory((directory) => {
    const plan = join(directory, "plan.json");
    writeAll(plan, repeatedPlan(what, brokers));
    const measured = rounds(count, `Review of ${brokers} brokers, ${what}`, () => reviewOnce(plan, brokers));
    return {
      what,
      brokers,
      seconds: median(measured.map(({ seconds }) => seconds)),
      megabytes: median(measured.map(({ megabytes }) => megabytes)),
      planMegabytes: statSync(plan).size / 1e6,
      rounds: measured,
    };
  });
}

function writeAll(path: string, parts: Iterable<string>): void {
  const file = openSync(path, "w");
  try {
    for (const part of parts) {
      writeSync(file, part);
    }
  } finally {
    closeSync(file);
  }
}

function reviewOnce(plan: string, brokers: number): OneReview {
  const loader = pathToFileURL(require.resolve("tsx")).href;
  const { output } = run(process.execPath, ["--import", loader, join(__dirname, "review-child.ts"), plan], __dirname);
  const { seconds, kibibytes, ...found } = JSON.parse(output) as {
    seconds: number;
    kibibytes: number;
    brokers: number;
  };
  if (found.brokers < brokers) {
    throw new Error(`The review has ${found.brokers} certificates of ${brokers} brokers.`);
  }
  return { seconds, megabytes: (kibibytes * 1024) / 1e6 };
}

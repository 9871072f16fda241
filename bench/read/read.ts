import { closeSync, openSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Read, repeatedText } from "./repeated-text";
import { inNewDirectory, median, rounds, run } from "../support/run";

/** What it took to read one file, and to write what is told of it. */
interface OneRead {
  /** From the file to the page. */
  readonly seconds: number;
  /** The most memory that the process had, in millions of bytes. */
  readonly megabytes: number;
}

/** Medians of several rounds. */
export interface ReadFigures extends OneRead {
  readonly what: Read;
  readonly brokers: number;
  /** How large the file is, in millions of bytes. */
  readonly fileMegabytes: number;
  readonly rounds: readonly OneRead[];
}

export function measureRead(what: Read, brokers: number, count: number): ReadFigures {
  return inNewDirectory((directory) => {
    const path = join(directory, "document.json");
    writeAll(path, repeatedText(what, brokers));
    const measured = rounds(count, `${brokers} brokers, ${what}`, () => readOnce(path, brokers));
    return {
      what,
      brokers,
      seconds: median(measured.map(({ seconds }) => seconds)),
      megabytes: median(measured.map(({ megabytes }) => megabytes)),
      fileMegabytes: statSync(path).size / 1e6,
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

function readOnce(path: string, brokers: number): OneRead {
  const loader = pathToFileURL(require.resolve("tsx")).href;
  const { output } = run(process.execPath, ["--import", loader, join(__dirname, "read-child.ts"), path], __dirname);
  const { seconds, kibibytes, ...found } = JSON.parse(output) as {
    seconds: number;
    kibibytes: number;
    brokers: number;
  };
  if (found.brokers < brokers) {
    throw new Error(`It has ${found.brokers} certificates of ${brokers} brokers.`);
  }
  return { seconds, megabytes: (kibibytes * 1024) / 1e6 };
}

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { inNewDirectory, median, rounds, run, runMeasured } from "../support/run";

/** The cost of a check of brokers on loopback, each with its own listener: medians of several rounds. */
export interface CheckFigures {
  readonly brokers: number;
  readonly seconds: number;
  /** Present if GNU time is installed. */
  readonly megabytes?: number;
  /** How often as long as handshakes alone. */
  readonly toBareLoop: number;
}

const PORT = 8883;

const LOADER = ["--import", pathToFileURL(require.resolve("tsx")).href];

export function measureCheck(brokers: number, count: number): CheckFigures {
  return inNewDirectory((directory) => {
    const pki = join(directory, "pki");
    const child = [...LOADER, join(__dirname, "listeners-child.ts"), pki, `${brokers}`, `${PORT}`];
    const servers = spawn(process.execPath, child, { stdio: ["pipe", "ignore", "inherit"] });
    try {
      while (!existsSync(join(pki, "ready"))) {
        run("sleep", ["0.5"], directory);
      }
      const cli = join(__dirname, "../../lib/cli/cli.ts");
      const check = [...LOADER, cli, "check", pki, "--format", "json", "--fail-on", "any"];
      const loop = [...LOADER, join(__dirname, "bare-loop-child.ts"), `${brokers}`, `${PORT}`];
      const measured = rounds(count, `${brokers} brokers, check`, () => ({
        ...runMeasured(process.execPath, check, directory),
        bare: run(process.execPath, loop, directory).seconds,
      }));
      const megabytes = measured.flatMap((one) => one.megabytes ?? []);
      return {
        brokers,
        seconds: median(measured.map(({ seconds }) => seconds)),
        ...(megabytes.length > 0 && { megabytes: median(megabytes) }),
        toBareLoop: median(measured.map(({ seconds, bare }) => seconds / bare)),
      };
    } finally {
      servers.kill();
    }
  });
}

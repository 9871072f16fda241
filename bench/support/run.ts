import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What a measurement needs is not on this machine: its message says what. */
export class Missing extends Error {}

/**
 * Runs a program to its end.
 *
 * @param env what is different in its environment
 * @returns what it printed, and how long it took
 * @throws if it cannot be run, or its exit status is not 0
 */
export function run(
  program: string,
  parameters: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = {},
): { output: string; seconds: number } {
  const options = { cwd, env: { ...process.env, ...env }, encoding: "utf8", maxBuffer: Infinity } as const;
  const start = performance.now();
  const { status, stdout, stderr, error } = spawnSync(program, parameters, options);
  const seconds = (performance.now() - start) / 1000;
  if (error !== undefined) {
    throw error;
  }
  if (status !== 0) {
    throw new Error(`${[program, ...parameters].join(" ")}: exit status ${status ?? "none"}\n${stdout}${stderr}`);
  }
  return { output: stdout, seconds };
}

const GNU_TIME = "/usr/bin/time";

/** Like {@link run}, with the peak memory of the program, in millions of bytes: only if GNU time is installed. */
export function runMeasured(
  program: string,
  parameters: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = {},
): { seconds: number; megabytes?: number } {
  if (!existsSync(GNU_TIME)) {
    return { seconds: run(program, parameters, cwd, env).seconds };
  }
  return inNewDirectory((directory) => {
    const file = join(directory, "kibibytes");
    const { seconds } = run(GNU_TIME, ["-f", "%M", "-o", file, program, ...parameters], cwd, env);
    return { seconds, megabytes: (Number(readFileSync(file, "utf8")) * 1024) / 1e6 };
  });
}

/** The first line of what a program says of its version, or `undefined` where it cannot be run. */
export function versionOf(program: string, command = "version"): string | undefined {
  const { status, stdout } = spawnSync(program, [command], { encoding: "utf8" });
  return status === 0 ? stdout.split("\n", 1)[0] : undefined;
}

/** Calls `body` with a new, empty directory, which is gone afterwards. */
export function inNewDirectory<T>(body: (directory: string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), "bench-"));
  try {
    return body(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** What `body` returns in each of as many calls, in their order. */
export function rounds<T>(count: number, what: string, body: () => T): T[] {
  return Array.from({ length: count }, (_, index) => {
    // On the error stream, so that standard output has the figures alone.
    console.error(`${what}: round ${index + 1} of ${count}`);
    return body();
  });
}

/** The middle one of an odd number of values. */
export function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? NaN;
}

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { stripVTControlCharacters } from "node:util";

export interface Result {
  readonly status: number | null;
  /** What a program is asked for: an engine's plan, its warnings, its JSON. Without colours. */
  readonly stdout: string;
  /** What it says beside that: an engine's errors, what is wrong with its configuration, its log. Without colours. */
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
}

/** All that was said, for what looks for a word wherever it is, and takes nothing apart: a leak, a client's verdict. */
export function allOf({ stdout, stderr }: Result): string {
  return `${stdout}\n${stderr}`;
}

/** What a program has said on its streams until now. */
export function listenTo(child: ChildProcessWithoutNullStreams): Pick<Result, "stdout" | "stderr"> {
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (data: string) => {
      said[stream] += data;
    });
  }
  return said;
}

/** Runs a program as {@link run} does, in a shell that sets the umask. */
export function runWithUmask(
  umask: string,
  program: string,
  parameters: readonly string[],
  options: RunOptions,
): Promise<Result> {
  // Wherever the program finds others.
  return run("/bin/sh", ["-c", `umask ${umask} && exec "$@"`, "sh", program, ...parameters], options);
}

/**
 * Where a program is that has no folder in its name.
 *
 * @returns the name where it is nowhere
 */
export function locate(program: string): string {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path)) ?? program;
}

/** Runs a program to its end. A program that cannot be started has the status null. */
export function run(program: string, parameters: readonly string[], options: RunOptions = {}): Promise<Result> {
  return new Promise((resolve) => {
    const child = spawn(program, parameters, { cwd: options.cwd, env: { ...process.env, ...options.env } });
    const said = listenTo(child);
    child.on("error", ({ message }) => {
      resolve({ status: null, stdout: "", stderr: message });
    });
    child.on("close", (status) => {
      resolve({
        status,
        stdout: stripVTControlCharacters(said.stdout),
        stderr: stripVTControlCharacters(said.stderr),
      });
    });
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.input ?? "");
  });
}

/** Runs a program that must succeed, and returns its standard output. */
export async function succeed(
  program: string,
  parameters: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  return outputOf(`${program} ${parameters.join(" ")}`, await run(program, parameters, options));
}

/**
 * The standard output of what must have succeeded.
 *
 * @throws Error with all that it said, where it did not
 */
export function outputOf(what: string, result: Result): string {
  if (result.status !== 0) {
    throw new Error(`${what} ended with ${result.status}:\n${allOf(result)}`);
  }
  return result.stdout;
}

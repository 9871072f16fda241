import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { stripVTControlCharacters } from "node:util";

export interface Result {
  readonly status: number | null;
  /** The result that was asked for: a plan, warnings or JSON of an engine, without colours. */
  readonly stdout: string;
  /** Other messages: errors, configuration faults and logs of an engine, without colours. */
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
}

/** Both streams, for a search that does not depend on the stream: a leak, a client's verdict. */
export function allOf({ stdout, stderr }: Result): string {
  return `${stdout}\n${stderr}`;
}

/** The output of a program so far. */
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
  // By its path: the program's PATH may have no shell.
  return run("/bin/sh", ["-c", `umask ${umask} && exec "$@"`, "sh", program, ...parameters], options);
}

/**
 * Finds a program in PATH.
 *
 * @returns its path, or its name if it is not found
 */
export function locate(program: string): string {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path)) ?? program;
}

/** Runs a program until it ends. A program that cannot be started has the status null. */
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
 * The standard output of a command that must have succeeded.
 *
 * @throws Error with all of its output if it failed
 */
export function outputOf(what: string, result: Result): string {
  if (result.status !== 0) {
    throw new Error(`${what} ended with ${result.status}:\n${allOf(result)}`);
  }
  return result.stdout;
}

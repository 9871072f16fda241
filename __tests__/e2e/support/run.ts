import { spawn } from "node:child_process";
import { stripVTControlCharacters } from "node:util";

export interface Result {
  readonly status: number | null;
  /** Standard output and standard error, as they came, without colours. */
  readonly text: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
}

/** Runs a program to its end. A program that cannot be started has the status null. */
export function run(program: string, parameters: readonly string[], options: RunOptions = {}): Promise<Result> {
  return new Promise((resolve) => {
    const child = spawn(program, parameters, { cwd: options.cwd, env: { ...process.env, ...options.env } });
    let text = "";
    const take = (data: Buffer): void => {
      text += data.toString();
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.on("error", (error) => {
      resolve({ status: null, text: error.message });
    });
    child.on("close", (status) => {
      resolve({ status, text: stripVTControlCharacters(text) });
    });
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.input ?? "");
  });
}

/** Runs a program that must succeed, and returns what it printed. */
export async function succeed(
  program: string,
  parameters: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { status, text } = await run(program, parameters, options);
  if (status !== 0) {
    throw new Error(`${program} ${parameters.join(" ")} ended with ${status}:\n${text}`);
  }
  return text;
}

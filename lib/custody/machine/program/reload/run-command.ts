import { type ChildProcess, type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { logLine, mayBeKey, WITHHELD } from "../../../../errors";
import { RELOAD_ATTEMPTS, RELOAD_PAUSE_SECONDS, RELOAD_SECONDS_AT_MOST } from "../../../../values/files/reload-command";
import { Failure } from "../failure";
import { withUmask } from "../with-umask";

/** The end of a command's output that is kept, in characters and in lines. */
const CHARACTERS_AT_MOST = 4096;
const LINES_AT_MOST = 10;

/** The time to wait for the output of an ended command, in milliseconds: its child processes may keep the output open. */
const LAST_WORDS = 200;

/** The time between SIGTERM and SIGKILL, in milliseconds. */
const GRACE = 5000;

export interface RunOptions {
  /** The working directory. */
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** For the files that the command writes. */
  readonly umask: number;
}

/** The number of attempts, the pause between them and the time limit of each, in seconds. */
export interface Patience {
  readonly attempts: number;
  readonly pause: number;
  readonly seconds: number;
}

const PATIENCE: Patience = {
  attempts: RELOAD_ATTEMPTS,
  pause: RELOAD_PAUSE_SECONDS,
  seconds: RELOAD_SECONDS_AT_MOST,
};

/**
 * Runs a shell command, and repeats it if it fails.
 *
 * @throws Failure with the end of its output, if every attempt fails
 */
export async function runCommand(command: string, options: RunOptions, patience: Patience = PATIENCE): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const { end, said } = await runOnce(command, options, patience.seconds);
    if (end === undefined) {
      return;
    }
    if (attempt >= patience.attempts) {
      throw new Failure([`it failed ${attempt} times, and the last time it ${end}`, ...lastLines(said)].join("\n"));
    }
    await wait(patience.pause * 1000);
  }
}

interface Run {
  /** How it failed; undefined if it succeeded. */
  readonly end: string | undefined;
  readonly said: string;
}

async function runOnce(command: string, options: RunOptions, seconds: number): Promise<Run> {
  const child = start(command, options);
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-CHARACTERS_AT_MOST);
    });
  }
  watch(child);
  const closed = once(child, "close");
  closed.catch(() => undefined);
  const timer = new Timer(seconds, child);
  try {
    const [status, signal] = (await once(child, "exit")) as [number | null, string | null];
    await Promise.race([closed, wait(LAST_WORDS)]);
    if (timer.isOver) {
      await endRest(child);
    }
    const end = timer.isOver
      ? `was stopped after ${seconds} seconds`
      : status === 0
        ? undefined
        : `ended with ${status ?? signal ?? "an error"}`;
    return { end, said };
  } catch (error) {
    return { end: `could not be started: ${error instanceof Error ? error.message : String(error)}`, said };
  } finally {
    timer.stop();
    forget(child);
    child.stdout.destroy();
    child.stderr.destroy();
  }
}

/** Starts a shell command: in its own process group, it can be ended with all its children. */
function start(command: string, { cwd, env, umask }: RunOptions): ChildProcessByStdio<null, Readable, Readable> {
  const detached = process.platform !== "win32";
  return withUmask(umask, () => spawn(command, { cwd, env, shell: true, detached, stdio: ["ignore", "pipe", "pipe"] }));
}

/** Ends a command that takes too long: first with SIGTERM. */
class Timer {
  public isOver = false;
  private timeout: NodeJS.Timeout;

  constructor(seconds: number, child: ChildProcess) {
    this.timeout = setTimeout(() => {
      this.isOver = true;
      kill(child, "SIGTERM");
      this.timeout = setTimeout(() => {
        kill(child, "SIGKILL");
      }, GRACE);
    }, seconds * 1000);
  }

  public stop(): void {
    clearTimeout(this.timeout);
  }
}

/** Ends the child processes of a stopped command: they may ignore SIGTERM, or take some time to obey it. */
async function endRest(child: ChildProcess): Promise<void> {
  for (let waited = 0; waited < GRACE && kill(child, 0); waited += LAST_WORDS) {
    await wait(LAST_WORDS);
  }
  kill(child, "SIGKILL");
}

/** The commands that must end if this program is told to end. */
const running = new Set<ChildProcess>();

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

function watch(child: ChildProcess): void {
  if (running.size === 0) {
    SIGNALS.forEach((signal) => process.once(signal, endAll));
  }
  running.add(child);
}

function forget(child: ChildProcess): void {
  running.delete(child);
  if (running.size === 0) {
    SIGNALS.forEach((signal) => process.off(signal, endAll));
  }
}

function endAll(signal: NodeJS.Signals): void {
  for (const child of running) {
    kill(child, "SIGTERM");
  }
  process.kill(process.pid, signal);
}

/** @returns whether there was a process to signal: it may have ended in the meantime */
function kill(child: ChildProcess, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.platform === "win32" || child.pid === undefined
      ? child.kill(signal)
      : process.kill(-child.pid, signal);
  } catch {
    return false;
  }
}

/** The last lines of the output, safe for a log. */
function lastLines(said: string): string[] {
  const lines = said.split(/\r?\n/).filter((line) => line.trim() !== "");
  return lines.slice(-LINES_AT_MOST).map((line) => `    | ${mayBeKey(line) ? WITHHELD : logLine(line)}`);
}

#!/usr/bin/env node
import { lstatSync, readFileSync, statSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { buffer } from "node:stream/consumers";
import { isatty } from "node:tty";
import { flawOfNode } from "../values/node-version";
import { dial } from "./check/dial/dial";
import { failureOf } from "./failure";
import { InputError } from "./input-error";
import type { Io } from "./io";
import { Progress } from "./progress";
import { program } from "./program";

/**
 * Node resolves names on half of its 4 threads, so names without an answer from DNS would hold up all others until they time
 * out. This sets two threads for each broker that is dialled at once. Node reads the value when it first needs a thread.
 */
process.env["UV_THREADPOOL_SIZE"] ??= "512";

const progress = new Progress(process.stderr, () => performance.now());

const io: Io = {
  now: new Date(),
  env: process.env,
  directory: process.cwd(),
  isTerminal: isatty(1),
  async read(path) {
    if (path === "-" && process.stdin.isTTY) {
      throw new InputError(path, "is a terminal", "name a file, or pipe the output of a program into mqtt-pki");
    }
    return reading(path, () => (path === "-" ? buffer(process.stdin) : readFile(path)));
  },
  async find(path) {
    // A dangling link counts as an existing file, so that reading it fails.
    return lstatSync(path, { throwIfNoEntry: false }) === undefined ? undefined : io.read(path);
  },
  async list(directory) {
    return reading(directory, async () => ((await stat(directory)).isDirectory() ? filesBelow(directory) : undefined));
  },
  write(text) {
    progress.clear();
    process.stdout.write(text);
  },
  writeCommands(text) {
    io.write(text);
  },
  warn(line) {
    progress.clear();
    process.stderr.write(`${line}\n`);
  },
  progress(line) {
    progress.tell(line);
  },
  dial,
  reportFindings() {
    process.exitCode = 1;
  },
};

/** Follows links to files, but not to directories, which may form a loop. */
async function filesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() || (entry.isSymbolicLink() && isFile(join(entry.parentPath, entry.name))))
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep).join("/"));
  return paths.sort();
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

async function reading<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw new InputError(path, ...whyUnreadable(error));
  }
}

function whyUnreadable(error: unknown): [reason: string, fix: string] {
  const code = codeOf(error);
  switch (code) {
    case "ENOENT":
      return ["does not exist", "check the name, and the directory in which the command runs"];
    case "EACCES":
    case "EPERM":
      return ["cannot be read (permission denied)", "run the command as a user who can read it"];
    case "EISDIR":
      return ["is a directory", "name a file"];
    default:
      if (typeof code !== "string") {
        throw error;
      }
      return [`cannot be read (${code})`, "check the file and its disk"];
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

function fail(error: unknown): void {
  const { status, lines } = failureOf(error);
  for (const line of lines) {
    io.warn(line);
  }
  process.exitCode = status;
}

const { version } = JSON.parse(readFileSync(require.resolve("cdktf-mqtt-pki/package.json"), "utf8")) as {
  version: string;
};

// A reader such as "head" may stop early, which is fine; a full disk is an error.
process.stdout.on("error", (error) => {
  if (codeOf(error) !== "EPIPE") {
    fail(
      new InputError(
        "standard output",
        `cannot be written (${String(codeOf(error))})`,
        "check where it is redirected to",
      ),
    );
  }
});
process.on("uncaughtException", fail);
const flaw = flawOfNode();
if (flaw === undefined) {
  program(io, version).parseAsync(process.argv).catch(fail);
} else {
  io.warn(`error: ${flaw}`);
  process.exitCode = 2;
}

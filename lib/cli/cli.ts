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
 * Node looks names up on half of its threads, which are 4: names that DNS has no answer for would hold up all others until their
 * time is over. So there are two for each broker that is dialled at once. It counts until the first thread is needed.
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
      throw new InputError(path, "is a terminal", "name a file, or pipe a program's output into this one");
    }
    return reading(path, () => (path === "-" ? buffer(process.stdin) : readFile(path)));
  },
  async find(path) {
    // A link to nowhere is there: what it was to lead to is missed.
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

/** Follows links to files, and none to directories, which may lead back. */
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
      return ["does not exist", "look at its name, and at where this is run"];
    case "EACCES":
    case "EPERM":
      return ["may not be read", "run this as someone who may"];
    case "EISDIR":
      return ["is a directory", "name a file"];
    default:
      if (typeof code !== "string") {
        throw error;
      }
      return [`cannot be read (${code})`, "look at what it is, and at the disk that it is on"];
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

// Whoever reads may stop reading, as "head" does; a full disk is to be known.
process.stdout.on("error", (error) => {
  if (codeOf(error) !== "EPIPE") {
    fail(new InputError("standard output", `cannot be written (${String(codeOf(error))})`, "look at where it leads"));
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

import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, type Stats } from "node:fs";
import { shellWord } from "../../../../values/shell-word";
import { utf8Of } from "../../../../values/text-file";
import { codeOf } from "./error-code";
import { kindOf, noFile, refusalOf, Refused, refuseStrange } from "./trust";

/** In bytes: more than any file of a PEM directory has. */
const LARGEST = 1024 * 1024;

/** Follows no link, and does not wait for a FIFO. Windows has neither flag: undefined adds nothing. */
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * The content of a file, or undefined if the file is missing.
 *
 * @param limits `atMost` is in bytes; `owners` are the ids of further users who may own it
 */
export function readTrusted(
  path: string,
  limits: { readonly atMost: number; readonly owners?: readonly number[] },
): Buffer | undefined {
  const file = openToRead(path);
  if (file === undefined) {
    return undefined;
  }
  try {
    const stats = fstatSync(file);
    refuseNoFile(path, stats);
    refuseStrangeFile(path, stats, limits);
    return readWhole(file, stats.size);
  } finally {
    closeSync(file);
  }
}

/** The text of a PEM file, in UTF-8 or UTF-16, or undefined if the file is missing. */
export function readPem(path: string, owners: readonly number[] = []): string | undefined {
  const content = readTrusted(path, { atMost: LARGEST, owners });
  return content && utf8Of(content).toString("utf8");
}

/** The SHA-256 of a file in hexadecimal, or undefined if the file is missing. */
export function hashTrusted(path: string, owners: readonly number[] = []): string | undefined {
  const content = readTrusted(path, { atMost: LARGEST, owners });
  return content && createHash("sha256").update(content).digest("hex");
}

/** Stands for the hash of a file that is too large to be read: no record has it. */
const OF_NO_RECORD = "too large";

/**
 * The hash of a file as a plan sees it, or undefined if the file is missing. `flaw` is why the file must not be used: others
 * own it or can write to it, or it is too large.
 *
 * @throws Refused if it is not a file
 */
export function hashSeen(
  path: string,
  owners: readonly number[],
): { readonly hash: string | undefined; readonly flaw?: Refused | undefined } {
  const file = openToRead(path);
  if (file === undefined) {
    return { hash: undefined };
  }
  try {
    const stats = fstatSync(file);
    refuseNoFile(path, stats);
    const flaw = refusalOf(() => {
      refuseStrangeFile(path, stats, { atMost: LARGEST, owners });
    });
    const isLarge = stats.size > LARGEST;
    return {
      hash: isLarge ? OF_NO_RECORD : createHash("sha256").update(readWhole(file, stats.size)).digest("hex"),
      flaw,
    };
  } finally {
    closeSync(file);
  }
}

function openToRead(path: string): number | undefined {
  // Windows follows links.
  if (process.platform === "win32" && lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true) {
    throw noFile(path, "a symbolic link");
  }
  try {
    return openSync(path, READ);
  } catch (error) {
    switch (codeOf(error)) {
      case "ENOENT":
        return undefined;
      case "ELOOP":
        throw noFile(path, "a symbolic link");
      case "ENXIO":
        throw noFile(path, "a socket or a device");
      default:
        throw error;
    }
  }
}

/** @param size the size of the file: content that another process appends meanwhile is not read */
function readWhole(file: number, size: number): Buffer {
  const content = Buffer.alloc(size);
  let length = 0;
  let got = -1;
  while (length < size && got !== 0) {
    got = readSync(file, content, length, size - length, null);
    length += got;
  }
  return content.subarray(0, length);
}

function refuseNoFile(path: string, stats: Stats): void {
  if (!stats.isFile()) {
    throw noFile(path, kindOf(stats));
  }
}

function refuseStrangeFile(path: string, stats: Stats, { atMost, owners }: Parameters<typeof readTrusted>[1]): void {
  refuseStrange(path, stats, owners);
  // Another user may have made this hard link, even to a file that they cannot read.
  if (stats.nlink > 1) {
    const copy = `cp -p ${shellWord(path)} ${shellWord(`${path}.copy`)} && mv ${shellWord(`${path}.copy`)} ${shellWord(path)}`;
    throw new Refused(path, `has ${stats.nlink} hard links`, `replace it with a copy: ${copy}`);
  }
  if (stats.size > atMost) {
    throw new Refused(path, `has ${stats.size} bytes, more than the ${atMost} that are allowed`, "move it away");
  }
}

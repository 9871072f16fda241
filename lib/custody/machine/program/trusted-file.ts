import { createHash } from "node:crypto";
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  realpathSync,
  renameSync,
  type Stats,
  unlinkSync,
  writeFileSync,
} from "node:fs";

/** What lies in the directory, and is not obeyed: another user made it, or could have changed it. */
export class Refused extends Error {
  public override readonly name = "Refused";

  /**
   * @param path where it is
   * @param reason what is wrong with it, as the rest of a sentence
   * @param fix what to do about it
   */
  constructor(path: string, reason: string, fix: string) {
    super(`${path} ${reason}; ${fix}`);
  }
}

/** More than any file of a PEM directory has. */
const LARGEST = 1024 * 1024;

/** A link is not followed, and a FIFO not waited for. Windows has neither flag: undefined adds nothing. */
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
 * Where a folder really is, however many links lead to it; it is made where it is missing.
 * For the directory itself, whose place is its user's choice: in it, links are refused.
 */
export function ensureRealFolder(path: string): string {
  makeFolder(path);
  const real = realpathSync(path);
  ensureFolder(real);
  return real;
}

/** Makes a folder where it is missing, for this user alone. */
export function ensureFolder(path: string): void {
  if (!openFolder(path)) {
    makeFolder(path);
    openFolder(path);
  }
}

/** Whether a folder is there. */
export function openFolder(path: string): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) {
    return false;
  }
  if (!stats.isDirectory()) {
    throw new Refused(path, `is ${kindOf(stats)}, and no folder`, "move it away");
  }
  refuseStrange(path, stats);
  return true;
}

/** With the mode from the start: neither a umask nor a default ACL can add to it. */
function makeFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
}

/**
 * The content of a file, or undefined where there is none.
 *
 * @param limits `atMost` is in bytes
 */
export function readTrusted(path: string, limits: { readonly atMost: number }): Buffer | undefined {
  const file = openToRead(path);
  if (file === undefined) {
    return undefined;
  }
  try {
    const stats = fstatSync(file);
    refuseStrangeFile(path, stats, limits.atMost);
    return readWhole(file, stats.size);
  } finally {
    closeSync(file);
  }
}

/** The text of a PEM file, or undefined where there is none. */
export function readPem(path: string): string | undefined {
  return readTrusted(path, { atMost: LARGEST })?.toString("utf8");
}

/** The SHA-256 of a file in hexadecimal, or undefined where there is none. */
export function hashTrusted(path: string): string | undefined {
  const content = readTrusted(path, { atMost: LARGEST });
  return content && createHash("sha256").update(content).digest("hex");
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

/** @param size of the file: what another process adds meanwhile is not read */
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

function refuseStrangeFile(path: string, stats: Stats, atMost: number): void {
  if (!stats.isFile()) {
    throw noFile(path, kindOf(stats));
  }
  refuseStrange(path, stats);
  // A second name may be in a folder of somebody else, who made this one too: of a file that they may not even read.
  if (stats.nlink > 1) {
    const copy = `cp -p ${shell(path)} ${shell(`${path}.copy`)} && mv ${shell(`${path}.copy`)} ${shell(path)}`;
    throw new Refused(path, `has ${stats.nlink} names (hard links)`, `make it a file of its own: ${copy}`);
  }
  if (stats.size > atMost) {
    throw new Refused(path, `has ${stats.size} bytes, and at most ${atMost} are read`, "move it away");
  }
}

/** As the StrictModes of ssh. An access control list that lets others write shows in the mode of the group. */
function refuseStrange(path: string, stats: Stats): void {
  if (isForeign(stats)) {
    throw new Refused(
      path,
      `belongs to the user with the id ${stats.uid}, and ${trustedOwners()}`,
      `look at what is in it, then: chown ${process.geteuid?.() ?? ""} ${shell(path)}, or move it away`,
    );
  }
  if (process.geteuid !== undefined && (stats.mode & 0o022) !== 0) {
    const mode = (stats.mode & 0o7777).toString(8).padStart(4, "0");
    throw new Refused(
      path,
      `has the mode ${mode}: its group, or everybody, can write to it`,
      `look at what is in it, then: chmod go-w ${shell(path)}`,
    );
  }
}

/** Whether somebody else owns it: neither the user of this process nor root. Windows has no such users. */
export function isForeign({ uid }: Stats): boolean {
  const own = process.geteuid?.();
  return own !== undefined && uid !== own && uid !== 0;
}

/** Whose files are obeyed, as the rest of a sentence. */
export function trustedOwners(): string {
  const own = process.geteuid?.() ?? 0;
  return own === 0 ? "this runs as root" : `this runs as ${own}, which obeys its own files and those of root`;
}

function noFile(path: string, kind: string): Refused {
  return new Refused(path, `is ${kind}, and no file`, "move it away");
}

function kindOf(stats: Stats): string {
  const kinds: readonly (readonly [boolean, string])[] = [
    [stats.isFile(), "a file"],
    [stats.isDirectory(), "a folder"],
    [stats.isSymbolicLink(), "a symbolic link"],
    [stats.isFIFO(), "a FIFO"],
  ];
  return kinds.find(([isSo]) => isSo)?.[1] ?? "a socket or a device";
}

/**
 * Writes a file's next content beside it, for {@link putInPlace}.
 *
 * @param mode that it gets, whatever the umask
 * @param options `sync`: whether it must outlast a power cut from now on
 */
export function writeBeside(
  path: string,
  content: string | Uint8Array,
  mode: number,
  { sync = false }: { readonly sync?: boolean } = {},
): void {
  const beside = besideOf(path);
  const file = create(beside, mode);
  try {
    try {
      fchmodSync(file, mode);
      // Goes on until all is written: a full disk throws here, or where the file is closed.
      writeFileSync(file, content);
      if (sync) {
        fsyncSync(file);
      }
    } finally {
      closeSync(file);
    }
  } catch (error) {
    remove(beside);
    throw error;
  }
}

/** A new file: one that a stopped run left there goes. */
function create(path: string, mode: number): number {
  try {
    return openSync(path, CREATE, mode);
  } catch (error) {
    if (!isOneOf(["EEXIST", "ELOOP", "EISDIR"], error)) {
      throw error;
    }
    remove(path);
    return openSync(path, CREATE, mode);
  }
}

/** How often, and for how many milliseconds, a file is waited for that a virus scanner has open, on Windows. */
const WAITS = [10, 20, 40, 80, 160];

/** Gives a file the content that {@link writeBeside} wrote, in one step. */
export function putInPlace(path: string): void {
  for (const wait of [...WAITS, undefined]) {
    try {
      renameSync(besideOf(path), path);
      return;
    } catch (error) {
      if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true) {
        throw noFile(path, "a folder");
      }
      if (wait === undefined || !isOneOf(["EPERM", "EBUSY"], error)) {
        throw error;
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, wait);
    }
  }
}

/** Makes the names in a folder outlast a power cut, where the system can: Windows and some file systems cannot. */
export function syncFolder(path: string): void {
  try {
    const folder = openSync(path, "r");
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  } catch (error) {
    if (!isOneOf(["EISDIR", "EPERM", "EINVAL", "ENOTSUP", "ENOSYS"], error)) {
      throw error;
    }
  }
}

function besideOf(path: string): string {
  return `${path}.new`;
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true) {
      throw noFile(path, "a folder");
    }
    if (codeOf(error) !== "ENOENT") {
      throw error;
    }
  }
}

/** Text as one word of a shell. */
function shell(text: string): string {
  return /^[\w./:@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function isOneOf(codes: readonly unknown[], error: unknown): boolean {
  return codes.includes(codeOf(error));
}

/** The code of an error of the system: `ENOENT`. */
export function codeOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
}

import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { type Owners, permitted } from "./access";
import { codeOf } from "./error-code";
import { noFile } from "./trust";

/** A link is not followed. Windows has no such flag: undefined adds nothing. */
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
 * Writes a file's next content next to it, for {@link putInPlace}.
 *
 * @param mode its mode, independent of the umask
 * @param options `sync`: whether it must survive a power cut from now on; `owners`: its new owners
 */
export function writeBeside(
  path: string,
  content: string | Uint8Array,
  mode: number,
  { sync = false, owners }: { readonly sync?: boolean; readonly owners?: Owners } = {},
): void {
  const beside = besideOf(path);
  const file = create(beside, mode & 0o600);
  try {
    try {
      if (owners !== undefined && !belongsTo(file, owners)) {
        permitted(path, () => {
          fchownSync(file, owners.uid, owners.gid);
        });
      }
      // No one else can open the file before it has its owners.
      fchmodSync(file, mode);
      // Writes everything: a full disk throws here, or when the file is closed.
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

function belongsTo(file: number, owners: Owners): boolean {
  const { uid, gid } = fstatSync(file);
  return [-1, uid].includes(owners.uid) && [-1, gid].includes(owners.gid);
}

/** Creates a file. It deletes one that a stopped run left. */
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

/** The waits, in milliseconds, for a file that a virus scanner has open on Windows. */
const WAITS = [10, 20, 40, 80, 160];

/** Replaces a file in one step with the content that {@link writeBeside} wrote. */
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

/** Makes the names in a folder survive a power cut, if the system can: Windows and some file systems cannot. */
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

function isOneOf(codes: readonly unknown[], error: unknown): boolean {
  return codes.includes(codeOf(error));
}

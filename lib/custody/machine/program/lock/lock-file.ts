import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  linkSync,
  lstatSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { codeOf } from "../files/error-code";

/** Creates a lock file, with its content from the start, unless it exists. */
export function placeLock(path: string, temporary: string, content: string): void {
  try {
    linkSync(temporary, path);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") {
      placeWithoutLink(path, content);
    }
  }
}

/** For file systems without links. There, a process that reads too early waits. */
function placeWithoutLink(path: string, content: string): void {
  try {
    writeNew(path, content);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") {
      throw error;
    }
  }
}

/**
 * Writes a new file. Everyone may read it: root's lock also stops other users.
 *
 * @returns the time of the file system
 */
export function writeNew(path: string, content: string): number {
  const file = openSync(path, "wx", 0o644);
  try {
    fchmodSync(file, 0o644);
    writeFileSync(file, content);
    return fstatSync(file).mtimeMs;
  } catch (error) {
    remove(path);
    throw error;
  } finally {
    closeSync(file);
  }
}

/** The content; undefined if the file no longer exists. Windows has neither flag: undefined adds nothing. */
export function read(path: string): string | undefined {
  try {
    const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      return readFileSync(file, "utf8");
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (codeOf(error) !== "ENOENT") {
      throw error;
    }
    return undefined;
  }
}

/** Whether a file has this content. */
export function isAt(path: string, content: string): boolean {
  return read(path) === content;
}

/** Deletes a file, if it has this content. */
export function removeOwn(path: string, content: string): void {
  if (isAt(path, content)) {
    remove(path);
  }
}

/** Deletes a file, if it exists. A folder is not a lock, and stays. */
export function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (codeOf(error) !== "ENOENT" && lstatSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) {
      throw error;
    }
  }
}

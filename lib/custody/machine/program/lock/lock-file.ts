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

/** Makes a lock file, with its content from the start, unless it is there. */
export function placeLock(path: string, temporary: string, content: string): void {
  try {
    linkSync(temporary, path);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") {
      placeWithoutLink(path, content);
    }
  }
}

/** Some file systems have no links. There, whoever reads too early waits. */
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
 * Writes a file that is not there yet. Everybody may read it: root's lock holds its user off too.
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

/** Undefined where it is not there any more. Windows has neither flag: undefined adds nothing. */
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

/** Removes a file, if it has this content. */
export function removeOwn(path: string, content: string): void {
  if (isAt(path, content)) {
    remove(path);
  }
}

/** Removes a file, if it is there. A folder is nobody's lock, and stays. */
export function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (codeOf(error) !== "ENOENT" && lstatSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) {
      throw error;
    }
  }
}

import type { Stats } from "node:fs";
import { shellWord } from "../../../../values/shell-word";

/** An error about a file that the program does not trust: another user made it, or could have changed it. */
export class Refused extends Error {
  public override readonly name = "Refused";

  /**
   * @param path the file
   * @param reason what is wrong with it: a predicate
   * @param fix how to fix it
   */
  constructor(path: string, reason: string, fix: string) {
    super(`${path} ${reason}; ${fix}`);
  }
}

/**
 * Refuses a file that others own or can write to, as ssh does with StrictModes.
 * An access control list that lets others write shows in the mode of the group.
 *
 * @param trusted the ids of further users who may own it
 */
export function refuseStrange(path: string, stats: Stats, trusted: readonly number[] = []): void {
  if (isOfAnotherUser(stats) && !trusted.includes(stats.uid)) {
    throw new Refused(
      path,
      `belongs to the user with the id ${stats.uid}, and ${trustedOwners()}`,
      `check its content, then run: chown ${process.geteuid?.() ?? ""} ${shellWord(path)}, or move it away`,
    );
  }
  if (process.geteuid !== undefined && (stats.mode & 0o022) !== 0) {
    const mode = (stats.mode & 0o7777).toString(8).padStart(4, "0");
    throw new Refused(
      path,
      `has the mode ${mode}: its group or everyone can write to it`,
      `check its content, then run: chmod go-w ${shellWord(path)}`,
    );
  }
}

/** The refusal that `check` throws; undefined if it throws none. */
export function refusalOf(check: () => void): Refused | undefined {
  try {
    check();
  } catch (error) {
    if (error instanceof Refused) {
      return error;
    }
    throw error;
  }
  return undefined;
}

/** Whether another user than root and this process's user owns it. Windows has no such users. */
export function isOfAnotherUser({ uid }: Stats): boolean {
  const own = process.geteuid?.();
  return own !== undefined && uid !== own && uid !== 0;
}

/** The user whose files are trusted: the end of a sentence. */
export function trustedOwners(): string {
  const own = process.geteuid?.() ?? 0;
  return own === 0 ? "this runs as root" : `this runs as ${own}, which trusts only its own files and those of root`;
}

/** The refusal of something that should be a file. */
export function noFile(path: string, kind: string): Refused {
  return new Refused(path, `is ${kind}, not a file`, "move it away");
}

/** The kind of a file, in words: "a symbolic link". */
export function kindOf(stats: Stats): string {
  const kinds: readonly (readonly [boolean, string])[] = [
    [stats.isFile(), "a file"],
    [stats.isDirectory(), "a folder"],
    [stats.isSymbolicLink(), "a symbolic link"],
    [stats.isFIFO(), "a FIFO"],
  ];
  return kinds.find(([isSo]) => isSo)?.[1] ?? "a socket or a device";
}

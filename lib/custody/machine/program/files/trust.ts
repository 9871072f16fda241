import type { Stats } from "node:fs";
import { shellWord } from "../../../../values/shell-word";

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

/**
 * Refuses what somebody else owns, or can write to: as the StrictModes of ssh.
 * An access control list that lets others write shows in the mode of the group.
 *
 * @param trusted the numbers of further users who may own it
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

/** Whether somebody else owns it: neither the user of this process nor root. Windows has no such users. */
export function isOfAnotherUser({ uid }: Stats): boolean {
  const own = process.geteuid?.();
  return own !== undefined && uid !== own && uid !== 0;
}

/** Whose files are obeyed, as the rest of a sentence. */
export function trustedOwners(): string {
  const own = process.geteuid?.() ?? 0;
  return own === 0 ? "this runs as root" : `this runs as ${own}, which trusts only its own files and those of root`;
}

/** For what stands where a file belongs. */
export function noFile(path: string, kind: string): Refused {
  return new Refused(path, `is ${kind}, not a file`, "move it away");
}

/** What it is, in words: a symbolic link. */
export function kindOf(stats: Stats): string {
  const kinds: readonly (readonly [boolean, string])[] = [
    [stats.isFile(), "a file"],
    [stats.isDirectory(), "a folder"],
    [stats.isSymbolicLink(), "a symbolic link"],
    [stats.isFIFO(), "a FIFO"],
  ];
  return kinds.find(([isSo]) => isSo)?.[1] ?? "a socket or a device";
}

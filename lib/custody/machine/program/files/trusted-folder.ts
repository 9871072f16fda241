import { lstatSync, mkdirSync, realpathSync } from "node:fs";
import { kindOf, Refused, refuseStrange } from "./trust";

/**
 * The real path of a folder, with links resolved. It creates a missing folder.
 * Only for the PEM directory itself, whose place is the user's choice: below it, links are refused.
 */
export function ensureRealFolder(path: string): string {
  makeFolder(path);
  const real = realpathSync(path);
  ensureFolder(real);
  return real;
}

/** Creates a missing folder, for this user only. */
export function ensureFolder(path: string): void {
  if (!openFolder(path)) {
    makeFolder(path);
    openFolder(path);
  }
}

/** Whether a folder exists. @throws Refused if it is not a trusted folder */
export function openFolder(path: string): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) {
    return false;
  }
  if (!stats.isDirectory()) {
    throw new Refused(path, `is ${kindOf(stats)}, not a folder`, "move it away");
  }
  refuseStrange(path, stats);
  return true;
}

/** Creates a folder with its mode from the start: neither a umask nor a default ACL can add to it. */
function makeFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
}

import { lstatSync, mkdirSync, realpathSync } from "node:fs";
import { kindOf, Refused, refuseStrange } from "./trust";

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
    throw new Refused(path, `is ${kindOf(stats)}, not a folder`, "move it away");
  }
  refuseStrange(path, stats);
  return true;
}

/** With the mode from the start: neither a umask nor a default ACL can add to it. */
function makeFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
}

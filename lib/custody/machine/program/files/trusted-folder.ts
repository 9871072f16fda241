import { lstatSync, mkdirSync, realpathSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { withUmask } from "../with-umask";
import { kindOf, refusalOf, Refused, refuseStrange } from "./trust";

/**
 * The real path of a folder, with links resolved. It creates a missing folder, and those above it as the user's umask has them.
 * Only for the PEM directory itself, whose place is the user's choice: below it, links are refused.
 */
export function ensureRealFolder(path: string, umask: number): string {
  withUmask(umask, () => mkdirSync(dirname(resolve(path)), { recursive: true, mode: 0o755 }));
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
  const { isThere, flaw } = seeFolder(path);
  if (flaw !== undefined) {
    throw flaw;
  }
  return isThere;
}

/**
 * Whether a folder exists, as a plan sees it. `flaw` is why it must not be used: others own it or can write to it.
 *
 * @throws Refused if it is not a folder
 */
export function seeFolder(path: string): { readonly isThere: boolean; readonly flaw?: Refused | undefined } {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) {
    return { isThere: false };
  }
  if (!stats.isDirectory()) {
    throw new Refused(path, `is ${kindOf(stats)}, not a folder`, "move it away");
  }
  const flaw = refusalOf(() => {
    refuseStrange(path, stats);
  });
  return { isThere: true, flaw };
}

/** Creates a folder with its mode from the start: neither a umask nor a default ACL can add to it. */
function makeFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
}

import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { isOfAnotherUser, trustedOwners } from "../files/trust";
import { read, remove } from "./lock-file";
import { hasEnded, type Identity, parseIdentity } from "./process-identity";

/** The error if another process writes to the directory. */
export class LockedError extends Error {
  public override readonly name = "LockedError";
}

/** In milliseconds. A holder whose process this one cannot see counts as alive while its file is younger than this. */
export const QUIET_AT_MOST = 60_000;

const LARGEST = 4096;
const NAME = /^\.lock-[1-9]\d{0,8}$/;
const TEMPORARY_NAME = /^\.lock-.*\.tmp$/;

/** An existing lock file. */
export interface Claim {
  readonly path: string;
  readonly isAlive: boolean;
  /** Undefined if the file does not name its owner. */
  readonly owner: Identity | undefined;
  /** Whether this process can see the owner's process. */
  readonly isNear: boolean;
}

/** The error for a process that finds the directory locked. */
export function lockedError(directory: string, { path, owner, isNear }: Claim): LockedError {
  const seconds = QUIET_AT_MOST / 1000;
  if (owner === undefined) {
    return new LockedError(
      `${directory} is locked: ${path} does not name the process, and may be unfinished; ` +
        `run this again in ${seconds} s, when the lock has expired, or remove it`,
    );
  }
  const advice = isNear
    ? `or end it${owner.start === "" ? `; if that process is another program, remove ${path}` : ""}`
    : `or, if it was killed, run this again in ${seconds} s`;
  return new LockedError(
    `${directory} is being written to by process ${owner.pid} on ${owner.host}, since ${owner.since}; ` +
      `wait until it has ended, ${advice}`,
  );
}

/**
 * The lock files of a directory.
 *
 * @param clock the time of the file system
 */
export function claimsIn(directory: string, self: Identity, clock: number): Claim[] {
  return readdirSync(directory)
    .filter((name) => NAME.test(name))
    .flatMap((name) => claimAt(join(directory, name), self, clock) ?? []);
}

function claimAt(path: string, self: Identity, clock: number): Claim | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) {
    return undefined;
  }
  if (stats.isSymbolicLink()) {
    throw new LockedError(`${path} is a symbolic link, not a lock; find out who made it, then remove it`);
  }
  if (isOfAnotherUser(stats)) {
    throw new LockedError(
      `${path} belongs to the user with the id ${stats.uid}, and ${trustedOwners()}; find out who made it, then remove it`,
    );
  }
  const content = stats.isFile() && stats.size <= LARGEST ? read(path) : "";
  if (content === undefined) {
    return undefined;
  }
  const owner = parseIdentity(content);
  const isNear = owner?.host === self.host && owner.space === self.space;
  return { path, isAlive: isNear ? !hasEnded(owner) : isYoung(stats.mtimeMs, clock), owner, isNear };
}

/** Whether a time is recent. A future time does not come from this file system. */
function isYoung(time: number, clock: number): boolean {
  return Math.abs(clock - time) < QUIET_AT_MOST;
}

/** The name of a new claim: the lowest free number. */
export function lowestFree(claims: readonly Claim[]): string {
  const taken = new Set(claims.map(({ path }) => path.slice(path.lastIndexOf("-") + 1)));
  let number = 1;
  while (taken.has(String(number))) {
    number++;
  }
  return `.lock-${number}`;
}

/** Deletes the files of ended processes. */
export function bury(claims: readonly Claim[]): void {
  for (const { path } of claims) {
    remove(path);
  }
}

/** Deletes the temporary files of processes that ended before they had a lock. */
export function buryTemporary(directory: string, self: Identity, clock: number): void {
  const names = readdirSync(directory).filter((name) => TEMPORARY_NAME.test(name));
  bury(names.flatMap((name) => claimAt(join(directory, name), self, clock) ?? []).filter((claim) => !claim.isAlive));
}

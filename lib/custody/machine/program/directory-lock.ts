import { randomUUID } from "node:crypto";
import {
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fstatSync,
  linkSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { codeOf, isForeign, trustedOwners } from "./trusted-file";

/** Another process writes into the directory. */
export class LockedError extends Error {
  public override readonly name = "LockedError";
}

/** A holder that no process id can be asked for lives while its file is younger than this, in milliseconds. */
const QUIET_AT_MOST = 60_000;
const BEAT_EVERY = 5_000;
const LARGEST = 4096;
const ATTEMPTS = 20;
const NAME = /^\.lock-[1-9]\d{0,8}$/;
const TEMPORARY_NAME = /^\.lock-.*\.tmp$/;

/**
 * The right to write into a directory, of one process at a time.
 *
 * It is a file, `.lock-<n>`, that says who made it. Whoever wants the lock makes a file of its own beside those of the
 * dead, and only then looks whether another is alive: if so, it takes its own back. Of two, the later one sees the file of
 * the earlier one, so that never both stay. A file of the dead is not removed before its heir has the lock: else a second
 * heir could remove the file of the first. All take the lowest free number, which only one gets: mostly, one stays.
 */
export class DirectoryLock {
  private constructor(
    private readonly directory: string,
    private readonly path: string,
    private readonly content: string,
    private readonly heart: Worker,
  ) {}

  /** @throws LockedError where another holds it */
  public static async acquire(directory: string, now = new Date()): Promise<DirectoryLock> {
    const self = ownIdentity(now);
    const content = JSON.stringify(self);
    const temporary = join(directory, `.lock-${self.nonce}.tmp`);
    // A file that was just written has the time of its file system, which may be another machine's.
    const clock = writeNew(temporary, content);
    try {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const found = claimsIn(directory, self, clock);
        const living = found.find((claim) => claim.isAlive);
        if (living !== undefined) {
          throw lockedError(directory, living);
        }
        const path = join(directory, lowestFree(found));
        place(path, temporary, content);
        try {
          const others = claimsIn(directory, self, clock).filter((claim) => claim.path !== path);
          // Looks at its own file last: who had the lock until now may have taken it for one of the dead.
          if (!others.some((claim) => claim.isAlive) && isAt(path, content)) {
            bury(others);
            buryTemporary(directory, self, clock);
            return new DirectoryLock(directory, path, content, startHeart(path, content));
          }
        } catch (error) {
          removeOwn(path, content);
          throw error;
        }
        removeOwn(path, content);
        await wait(Math.random() * 50);
      }
    } finally {
      remove(temporary);
    }
    throw new LockedError(`${directory} is wanted by several processes at once; run this again`);
  }

  /**
   * To be called before each step that others would see.
   *
   * @throws LockedError where another took it: this process gave no sign of life for too long
   */
  public assertHeld(): void {
    if (!isAt(this.path, this.content)) {
      throw new LockedError(
        `${this.directory} was taken over by another process: this one gave no sign of life for ` +
          `${QUIET_AT_MOST / 1000} s, or somebody removed ${this.path}; run this again`,
      );
    }
  }

  public async release(): Promise<void> {
    await this.heart.terminate();
    try {
      removeOwn(this.path, this.content);
    } catch {
      // What stays counts for nothing once this process has ended.
    }
  }
}

/** Who holds a lock, or wants it: the content of its file. */
interface Identity {
  readonly pid: number;
  readonly host: string;
  /** Within it, a process id means one process: a namespace of a boot. Empty where the system has no such thing. */
  readonly space: string;
  /** When the process started, in the system's own unit, for ids are given again. Empty where it is not known. */
  readonly start: string;
  /** RFC 3339. */
  readonly since: string;
  readonly nonce: string;
}

function ownIdentity(now: Date): Identity {
  const { space, start } = ownSpace();
  return { pid: process.pid, host: hostname(), space, start, since: now.toISOString(), nonce: randomUUID() };
}

function ownSpace(): Pick<Identity, "space" | "start"> {
  if (process.platform !== "linux") {
    return { space: "", start: "" };
  }
  try {
    const self = processOf(process.pid);
    // In a namespace with the /proc of another one, it speaks of other processes.
    if (self !== undefined && readlinkSync("/proc/self") === String(process.pid)) {
      const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
      // Start times are those of a time namespace, which older kernels do not have.
      const time = existsSync("/proc/self/ns/time") ? readlinkSync("/proc/self/ns/time") : "";
      return { space: `${boot} ${readlinkSync("/proc/self/ns/pid")} ${time}`, start: self.start };
    }
  } catch {
    // A sandbox that has no such files.
  }
  // A space of its own: others go by its heartbeat.
  return { space: randomUUID(), start: "" };
}

/** What Linux says of a process; undefined where it does not say. */
function processOf(pid: number): { readonly start: string; readonly hasEnded: boolean } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field, a name in parentheses, may have spaces and parentheses: count from the third, behind it.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state, threads, start] = [fields[0], fields[17], fields[19]];
    // A zombie, for which its parent has not asked yet, and of which no thread is left.
    return start === undefined ? undefined : { start, hasEnded: state === "Z" && Number(threads) <= 1 };
  } catch {
    return undefined;
  }
}

/** @param owner in the space of this process */
function hasEnded(owner: Identity): boolean {
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if (codeOf(error) === "ESRCH") {
      return true;
    }
  }
  const seen = owner.start === "" ? undefined : processOf(owner.pid);
  return seen !== undefined && (seen.hasEnded || seen.start !== owner.start);
}

/** A lock file that is there. */
interface Claim {
  readonly path: string;
  readonly isAlive: boolean;
  /** Undefined where it does not say. */
  readonly owner: Identity | undefined;
  /** Whether the owner's process can be asked for. */
  readonly isNear: boolean;
}

function lockedError(directory: string, { path, owner, isNear }: Claim): LockedError {
  const seconds = QUIET_AT_MOST / 1000;
  if (owner === undefined) {
    return new LockedError(
      `${directory} is locked: ${path} does not say by whom, and may be unfinished; ` +
        `run this again in ${seconds} s, when it no longer counts, or remove it`,
    );
  }
  const advice = isNear
    ? `or end it${owner.start === "" ? `; where that is no such program, remove ${path}` : ""}`
    : `or where it was killed, run this again in ${seconds} s`;
  return new LockedError(
    `${directory} is being written to by process ${owner.pid} on ${owner.host}, since ${owner.since}; ` +
      `wait until it has ended, ${advice}`,
  );
}

/** @param clock the time of the file system */
function claimsIn(directory: string, self: Identity, clock: number): Claim[] {
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
    throw new LockedError(`${path} is a symbolic link, and no lock; look at who made it, then remove it`);
  }
  if (isForeign(stats)) {
    throw new LockedError(
      `${path} belongs to the user with the id ${stats.uid}, and ${trustedOwners()}; look at who made it, then remove it`,
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

/** A time that is yet to come was never this file system's. */
function isYoung(time: number, clock: number): boolean {
  return Math.abs(clock - time) < QUIET_AT_MOST;
}

function parseIdentity(text: string): Identity | undefined {
  try {
    const { pid, host, space, start, since, nonce } = JSON.parse(text) as Partial<Record<keyof Identity, unknown>>;
    return isPid(pid) && isPlain(host) && isPlain(space) && isPlain(start) && isPlain(since) && isPlain(nonce)
      ? { pid, host, space, start, since, nonce }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Zero and below are no process, but groups of them. */
function isPid(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value > 0 && value < 2 ** 31;
}

/** Text that a terminal may show. */
function isPlain(value: unknown): value is string {
  return typeof value === "string" && !/\p{C}/u.test(value);
}

function lowestFree(claims: readonly Claim[]): string {
  const taken = new Set(claims.map(({ path }) => path.slice(path.lastIndexOf("-") + 1)));
  let number = 1;
  while (taken.has(String(number))) {
    number++;
  }
  return `.lock-${number}`;
}

/** Makes a lock file, with its content from the start, unless it is there. */
function place(path: string, temporary: string, content: string): void {
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
function writeNew(path: string, content: string): number {
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
function read(path: string): string | undefined {
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

function isAt(path: string, content: string): boolean {
  return read(path) === content;
}

function removeOwn(path: string, content: string): void {
  if (isAt(path, content)) {
    remove(path);
  }
}

function bury(claims: readonly Claim[]): void {
  for (const { path } of claims) {
    remove(path);
  }
}

/** What those left who were stopped before they had a lock. */
function buryTemporary(directory: string, self: Identity, clock: number): void {
  const names = readdirSync(directory).filter((name) => TEMPORARY_NAME.test(name));
  bury(names.flatMap((name) => claimAt(join(directory, name), self, clock) ?? []).filter((claim) => !claim.isAlive));
}

/** A folder is nobody's lock, and stays. */
function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (codeOf(error) !== "ENOENT" && lstatSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) {
      throw error;
    }
  }
}

/** A program as text, for it must run from within one file too. It writes what is there, for the file system's own time. */
const HEART = `
const { closeSync, constants, openSync, readFileSync, writeSync } = require("node:fs");
const { path, content, every } = require("node:worker_threads").workerData;
function beat() {
  try {
    const file = openSync(path, constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      if (readFileSync(file, "utf8") === content) {
        writeSync(file, content, 0);
      }
    } finally {
      closeSync(file);
    }
  } catch {
    // Who asks for the lock finds out.
  }
}
beat();
setInterval(beat, every);
`;

/** Shows that the holder is alive, from a thread of its own: the main one may be at work for long. */
function startHeart(path: string, content: string): Worker {
  const heart = new Worker(HEART, {
    eval: true,
    execArgv: [],
    env: {},
    workerData: { path, content, every: BEAT_EVERY },
  });
  heart.unref();
  return heart;
}

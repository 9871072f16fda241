import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Worker } from "node:worker_threads";
import { bury, buryTemporary, claimsIn, LockedError, lockedError, lowestFree, QUIET_AT_MOST } from "./claim";
import { startHeart } from "./heartbeat";
import { isAt, placeLock, remove, removeOwn, writeNew } from "./lock-file";
import { ownIdentity } from "./process-identity";

const ATTEMPTS = 20;

/**
 * The lock of a directory: one process at a time may write to it.
 *
 * It is a file, `.lock-<n>`, that names its maker. A process that wants the lock makes its own file next to those of ended
 * processes, and then checks whether another maker is alive: if so, it deletes its own file. Of two processes, the later one
 * sees the file of the earlier one, so that never both stay. A process deletes the files of ended processes only once it has
 * the lock: otherwise a second one could delete the file of the first. All take the lowest free number, which only one gets.
 */
export class DirectoryLock {
  private constructor(
    private readonly directory: string,
    private readonly path: string,
    private readonly content: string,
    private readonly heart: Worker,
  ) {}

  /** @throws LockedError if another process holds it */
  public static async acquire(directory: string, now = new Date()): Promise<DirectoryLock> {
    const self = ownIdentity(now);
    const content = JSON.stringify(self);
    const temporary = join(directory, `.lock-${self.nonce}.tmp`);
    // A new file has the time of its file system, which may be another machine's.
    const clock = writeNew(temporary, content);
    try {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const found = claimsIn(directory, self, clock);
        const living = found.find((claim) => claim.isAlive);
        if (living !== undefined) {
          throw lockedError(directory, living);
        }
        const path = join(directory, lowestFree(found));
        placeLock(path, temporary, content);
        try {
          const others = claimsIn(directory, self, clock).filter((claim) => claim.path !== path);
          // Checks its own file last: the previous holder may have deleted it as one of an ended process.
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
    throw new LockedError(`several processes want to write to ${directory} at once; run this again`);
  }

  /**
   * Call it before each step that others can see.
   *
   * @throws LockedError if another process took the lock, because this one did not respond for too long
   */
  public assertHeld(): void {
    if (!isAt(this.path, this.content)) {
      throw new LockedError(
        `${this.directory} is now locked by another process: this one did not respond for ` +
          `${QUIET_AT_MOST / 1000} s, or ${this.path} was removed; run this again`,
      );
    }
  }

  public async release(): Promise<void> {
    await this.heart.terminate();
    try {
      removeOwn(this.path, this.content);
    } catch {
      // A file that stays does not count once this process has ended.
    }
  }
}

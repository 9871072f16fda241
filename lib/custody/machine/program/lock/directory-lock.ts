import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Worker } from "node:worker_threads";
import { bury, buryTemporary, claimsIn, LockedError, lockedError, lowestFree, QUIET_AT_MOST } from "./claim";
import { startHeart } from "./heartbeat";
import { isAt, placeLock, remove, removeOwn, writeNew } from "./lock-file";
import { ownIdentity } from "./process-identity";

const ATTEMPTS = 20;

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
        placeLock(path, temporary, content);
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
    throw new LockedError(`several processes want to write to ${directory} at once; run this again`);
  }

  /**
   * To be called before each step that others would see.
   *
   * @throws LockedError where another took it: this process gave no sign of life for too long
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
      // What stays counts for nothing once this process has ended.
    }
  }
}

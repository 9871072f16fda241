import { Worker } from "node:worker_threads";

/** In milliseconds. */
const BEAT_EVERY = 5_000;

/** A program as text, so that it also runs from a single bundled file. It rewrites the content to update the file's time. */
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
    // A process that wants the lock finds out.
  }
}
beat();
setInterval(beat, every);
`;

/** Shows that the holder is alive, from its own thread: the main thread may be busy for long. */
export function startHeart(path: string, content: string): Worker {
  const heart = new Worker(HEART, {
    eval: true,
    execArgv: [],
    env: {},
    workerData: { path, content, every: BEAT_EVERY },
  });
  heart.unref();
  return heart;
}

import { Worker } from "node:worker_threads";

/** In milliseconds. */
const BEAT_EVERY = 5_000;

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

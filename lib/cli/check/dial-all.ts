import { setTimeout as sleep } from "node:timers/promises";
import type { Answer, Dial, Target } from "./dial/answer";

export interface Effort {
  /** How many are dialled at once. */
  readonly concurrency: number;
  /** For each, in milliseconds. */
  readonly timeout: number;
  /** How often those are dialled again with which no TLS was spoken: after all others. */
  readonly retries: number;
}

/** For a network to come to itself, in milliseconds. */
const PAUSE = 1000;

/**
 * Dials all.
 *
 * @param tell is told after each how many are done, of how many, in this round
 * @returns the answers, in the order of the targets
 */
export async function dialAll(
  targets: readonly Target[],
  dial: Dial,
  { concurrency, timeout, retries }: Effort,
  tell: (done: number, all: number) => void,
): Promise<Answer[]> {
  const answers = new Map<number, Answer>();
  let open = [...targets.entries()];
  for (let round = 0; round <= retries && open.length > 0; round++) {
    if (round > 0) {
      await sleep(PAUSE);
    }
    let [next, done] = [0, 0];
    const current = open;
    const work = async (): Promise<void> => {
      for (let entry = current[next++]; entry !== undefined; entry = current[next++]) {
        const [index, target] = entry;
        answers.set(index, await dial(target, timeout));
        done += 1;
        tell(done, current.length);
      }
    };
    await Promise.all(Array.from({ length: Math.min(concurrency, current.length) }, work));
    open = current.filter(([index]) => answers.get(index)?.kind !== "served");
  }
  return targets.flatMap((_, index) => answers.get(index) ?? []);
}

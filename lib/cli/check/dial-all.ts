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

/** Who hears of answers. */
export interface Listener<Call, Finding> {
  /** Makes of an answer what is returned: once for each call, while others are made still. */
  readonly take: (call: Call, answer: Answer) => Finding;
  /** Is told after each how many are done, of how many, in this round. */
  readonly tell: (done: number, all: number) => void;
}

/**
 * Dials all.
 *
 * @returns what is made of the answers, in the order of the calls
 */
export async function dialAll<Call extends { readonly target: Target }, Finding>(
  calls: readonly Call[],
  dial: Dial,
  { concurrency, timeout, retries }: Effort,
  { take, tell }: Listener<Call, Finding>,
): Promise<Finding[]> {
  const findings = new Map<Call, Finding>();
  const failed = new Map<Call, Answer>();
  let open = calls;
  for (let round = 0; round <= retries && open.length > 0; round++) {
    if (round > 0) {
      await sleep(PAUSE);
    }
    let [next, done] = [0, 0];
    const current = open;
    const work = async (): Promise<void> => {
      for (let call = current[next++]; call !== undefined; call = current[next++]) {
        const answer = await dial(call.target, timeout);
        if (answer.kind === "served") {
          findings.set(call, take(call, answer));
        } else {
          failed.set(call, answer);
        }
        done += 1;
        tell(done, current.length);
      }
    };
    await Promise.all(Array.from({ length: Math.min(concurrency, current.length) }, work));
    open = current.filter((call) => !findings.has(call));
  }
  for (const [call, answer] of failed) {
    if (!findings.has(call)) {
      findings.set(call, take(call, answer));
    }
  }
  return calls.flatMap((call) => findings.get(call) ?? []);
}

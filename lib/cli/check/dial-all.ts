import { setTimeout as sleep } from "node:timers/promises";
import type { Answer, Dial, Target } from "./dial/answer";

export interface Effort {
  /** How many brokers are dialled at once. */
  readonly concurrency: number;
  /** The time limit for each, in milliseconds. */
  readonly timeout: number;
  /** How often a broker without a TLS handshake is dialled again, after all others. */
  readonly retries: number;
}

/** The time that a network gets to recover before the next round, in milliseconds. */
const PAUSE = 1000;

/** What is called with each answer. */
export interface Listener<Call, Finding> {
  /** Turns an answer into a finding: once for each call, while other calls are still running. */
  readonly take: (call: Call, answer: Answer) => Finding;
  /** Called after each call, with the number of calls done in this round and the number of all. */
  readonly tell: (done: number, all: number) => void;
}

/**
 * Dials all brokers.
 *
 * @returns the findings, in the order of the calls
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

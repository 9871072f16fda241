import { type Problem } from "../../../lib/errors";
import { Address } from "../../../lib/values/address";
import { problemsOf as findProblems } from "../../support/problems";

/** A name of `length` characters in labels of at most 63. */
export function nameOf(length: number): string {
  const labels: string[] = [];
  for (let left = length; left > 0; left -= 64) {
    labels.push("x".repeat(Math.min(63, left)));
  }
  return labels.join(".");
}

/** The problem of a value given as an address. */
export function problemOf(given: unknown): Problem | undefined {
  const [problem] = findProblems(() => Address.parse(given as string));
  return problem;
}

/** The reason and the fix in the message. */
export function refusal(given: string): string {
  const problem = problemOf(given);
  return problem === undefined ? "nothing" : `${problem.reason}; ${problem.fix}`;
}

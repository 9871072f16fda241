import { type Problem } from "../../lib/errors";
import type { FoundProblem } from "../../lib/errors/problem";

export const PEM = [
  "-----BEGIN PRIVATE KEY-----",
  "MC4CAQAwBQYDK2VwBCIEIHNlY3JldC1zZWNyZXQtc2VjcmV0",
  "-----END PRIVATE KEY-----",
].join("\n");

export function problem(given: Partial<Problem> = {}): FoundProblem {
  return { path: "brokers[0].address", value: '"a_b"', reason: "has an underscore", fix: "rename it", ...given };
}

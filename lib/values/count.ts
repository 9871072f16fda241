import type { Problems } from "../errors";

/**
 * Files a problem for what does not count from 1 on.
 *
 * @param what it is to be: "a version"
 * @returns whether it does
 */
export function refuseUnlessCount(problems: Problems, path: string, given: unknown, what: string): boolean {
  const isCount = typeof given === "number" && Number.isSafeInteger(given) && given >= 1;
  if (!isCount) {
    problems.add(path, given, `is not ${what}`, "count them: 1, 2, 3");
  }
  return isCount;
}

import type { Problems } from "../errors";

/**
 * Files a problem unless the value is a whole number, 1 or more.
 *
 * @param what the number means: "a version"
 * @returns whether the value is such a number
 */
export function refuseUnlessCount(problems: Problems, path: string, given: unknown, what: string): boolean {
  const isCount = typeof given === "number" && Number.isSafeInteger(given) && given >= 1;
  if (!isCount) {
    problems.add(path, given, `is not ${what}`, "use a whole number, 1 or more");
  }
  return isCount;
}

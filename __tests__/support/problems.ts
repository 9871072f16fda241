import { InvalidInputError, type Problem } from "../../lib/errors";

/** The problems that `parse` finds; empty if it does not throw. */
export function problemsOf(parse: () => unknown): readonly Problem[] {
  try {
    parse();
  } catch (error) {
    if (error instanceof InvalidInputError) {
      return error.problems;
    }
    throw error;
  }
  return [];
}

import { InvalidInputError, type Problem } from "../../lib/errors";

/** What `parse` finds wrong: nothing where it throws nothing. */
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

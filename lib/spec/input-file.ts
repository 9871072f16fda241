import { readFileSync } from "node:fs";
import { invalid } from "../errors";

/**
 * @returns undefined where it is not there, or may not be read
 * @throws InvalidInputError where it cannot be a file's name, or is a folder
 */
export function readInput(file: string): Buffer | undefined {
  const refuse = (reason: string, fix: string) => invalid("a file", file, reason, fix);
  if (typeof file !== "string" || file.trim() === "") {
    throw refuse("is not a file's name", 'name the file, as in "authority/ca.pem"');
  }
  // Terraform would read these as an expression.
  if (/[\p{Cc}"\\]|[$%]\{/u.test(file)) {
    throw refuse("has a character with a meaning of its own to Terraform", "choose a name without");
  }
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EISDIR") {
      throw invalid("a file", file, "is a folder", "name the file in it", "unreadable");
    }
    return undefined;
  }
}

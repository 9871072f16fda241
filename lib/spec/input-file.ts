import { readFileSync } from "node:fs";
import { invalid, type InvalidInputError } from "../errors";

/** In bytes: no key, certificate or request has a tenth of it. */
export const INPUT_AT_MOST = 1024 * 1024;

/**
 * @returns undefined where it is not there, or may not be read
 * @throws InvalidInputError where it cannot be a file's name, is a folder, or too large
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
  let content: Buffer;
  try {
    content = readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EISDIR") {
      throw invalid("a file", file, "is a folder", "name the file in it", "unreadable");
    }
    return undefined;
  }
  if (content.length > INPUT_AT_MOST) {
    throw tooLarge("a file", file, content.length);
  }
  return content;
}

/**
 * @param given the file, or what is shown of a text
 * @param length in bytes
 */
export function tooLarge(subject: string, given: unknown, length: number): InvalidInputError {
  const reason = `has ${length} bytes, and at most ${INPUT_AT_MOST} are read`;
  return invalid(subject, given, reason, "name the file with it alone", "unreadable");
}

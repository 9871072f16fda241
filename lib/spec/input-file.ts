import { readFileSync } from "node:fs";
import { invalid, type InvalidInputError } from "../errors";

/** In bytes: more than ten times the size of any key, certificate or request. */
export const INPUT_AT_MOST = 1024 * 1024;

/**
 * @returns the content; undefined if the file does not exist or may not be read
 * @throws InvalidInputError if the value is not a usable file name, or the file is a folder or too large
 */
export function readInput(file: string): Buffer | undefined {
  const refuse = (reason: string, fix: string) => invalid("a file", file, reason, fix);
  if (typeof file !== "string" || file.trim() === "") {
    throw refuse("is not the name of a file", 'name the file, as in "authority/ca.pem"');
  }
  // Terraform would read these as an expression.
  if (/[\p{Cc}"\\]|[$%]\{/u.test(file)) {
    throw refuse("has a character that is special in Terraform", "choose a name without it");
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
 * @param given the name of the file, or what a message may show of a text
 * @param length in bytes
 */
export function tooLarge(subject: string, given: unknown, length: number): InvalidInputError {
  const reason = `has ${length} bytes, but at most ${INPUT_AT_MOST} are read`;
  return invalid(subject, given, reason, "name a file that contains nothing else", "unreadable");
}

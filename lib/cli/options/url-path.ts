import { InvalidArgumentError } from "commander";

/**
 * Parses an option that is the path of a URL.
 *
 * @throws InvalidArgumentError if it does not begin with `/`, or contains a blank
 */
export function parsePath(text: string): string {
  if (!/^\/[!-~]*$/.test(text)) {
    throw new InvalidArgumentError("Write the path of a URL, such as /mqtt.");
  }
  return text;
}

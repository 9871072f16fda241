import { InvalidArgumentError } from "commander";

/**
 * What an option takes that is the path of a URL.
 *
 * @throws InvalidArgumentError for what does not begin with `/`, or has a blank in it
 */
export function parsePath(text: string): string {
  if (!/^\/[!-~]*$/.test(text)) {
    throw new InvalidArgumentError("Write the path of a URL, as in /mqtt.");
  }
  return text;
}

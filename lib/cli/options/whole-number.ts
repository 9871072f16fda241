import { InvalidArgumentError } from "commander";

/**
 * Parses an option that is a whole number.
 *
 * @throws InvalidArgumentError if it is not a whole number from `least` to `most`
 */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : -1;
    if (number < least || number > most) {
      throw new InvalidArgumentError(`Write a whole number from ${least} to ${most}.`);
    }
    return number;
  };
}

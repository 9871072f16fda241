import { InvalidArgumentError } from "commander";

const HOURS: ReadonlyMap<string | undefined, number> = new Map([
  ["h", 1],
  ["d", 24],
  ["w", 168],
]);

/**
 * Parses a length of time, in hours.
 *
 * @param text a whole number, and `h`, `d` or `w`: `12h`, `30d`, `4w`
 * @throws InvalidArgumentError if it has another form
 */
export function parseHours(text: string): number {
  const [, number, unit] = /^(\d{1,6})([hdw])$/.exec(text) ?? [];
  const hours = HOURS.get(unit);
  if (hours === undefined) {
    throw new InvalidArgumentError("Write a whole number of hours, days or weeks: 12h, 30d, 4w.");
  }
  return Number(number) * hours;
}

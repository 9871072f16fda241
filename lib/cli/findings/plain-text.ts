import { onOneLine, withoutCommands } from "../../errors";

/** The longest text of a finding, in characters. */
const LONGEST = 1000;

/**
 * Makes a text safe for every format: one line, no commands to a CI system, not too long, and only characters that XML permits
 * (XML 1.0, section 2.2).
 */
export function plainText(text: string): string {
  const line = withoutCommands(onOneLine(text))
    .slice(0, LONGEST + 1)
    .toWellFormed()
    .replace(/\p{Noncharacter_Code_Point}/gu, "\ufffd");
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1).toWellFormed()}…` : line;
}

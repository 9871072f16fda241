import { onOneLine, withoutCommands } from "../../errors";

/** More than a person reads of one finding. */
const LONGEST = 1000;

/**
 * A text that every format may have: on one line, without commands to a CI system, not too long, and of characters that XML has
 * (XML 1.0, section 2.2).
 */
export function plainText(text: string): string {
  const line = withoutCommands(onOneLine(text))
    .slice(0, LONGEST + 1)
    .toWellFormed()
    .replace(/\p{Noncharacter_Code_Point}/gu, "\ufffd");
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1).toWellFormed()}…` : line;
}

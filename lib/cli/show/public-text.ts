import { mayBeKey, onOneLine, WITHHELD } from "../../errors";

const LONGEST = 300;

/**
 * Makes a text from a plan or a state safe to show: one line, not too long, and withheld if it may be a part of a private key.
 */
export function publicText(text: string): string {
  if (mayBeKey(text)) {
    return WITHHELD;
  }
  const line = onOneLine(text);
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}

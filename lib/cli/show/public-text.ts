import { mayBeKey, onOneLine, WITHHELD } from "../../errors";

const LONGEST = 300;

/**
 * A text from a plan or a state that may be shown: one line, not too long, and nothing in it that may be a part of a private
 * key, wherever in the input that stood.
 */
export function publicText(text: string): string {
  if (mayBeKey(text)) {
    return WITHHELD;
  }
  const line = onOneLine(text);
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}

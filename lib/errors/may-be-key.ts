/** The text that messages show instead of a text that may be a key. */
export const WITHHELD = "(withheld: it may be a key)";

/**
 * Whether a text may be a private key, or a part of one: its label says so, or 40 characters of it look like base64 or
 * base64url (RFC 4648). In base64, small letters, capitals and digits alternate all the time. They do not in words, paths
 * and hexadecimal digests.
 */
export function mayBeKey(text: string): boolean {
  return text.includes("PRIVATE KEY") || (text.match(/[A-Za-z0-9+/_-]{40,1000}/g) ?? []).some(isEncodedInPart);
}

const LENGTH = 40;

/** Two in a thousand runs of 40 random characters are below one of these limits. */
const LETTERS_AT_LEAST = 4;
const DIGITS_AT_LEAST = 1;
const TURNS_AT_LEAST = 13;

/** Checks all parts of that length, in time linear in the length of the run. */
function isEncodedInPart(run: string): boolean {
  const part = new Part();
  for (let end = 0; end < run.length; end += 1) {
    part.count(run, end, 1);
    if (end >= LENGTH) {
      part.count(run, end - LENGTH, -1);
    }
    if (part.isEncoded) {
      return true;
    }
  }
  return false;
}

/** The counts of a part of a run. */
class Part {
  #small = 0;
  #capitals = 0;
  #digits = 0;
  #turns = 0;

  public get isEncoded(): boolean {
    return (
      this.#small >= LETTERS_AT_LEAST &&
      this.#capitals >= LETTERS_AT_LEAST &&
      this.#digits >= DIGITS_AT_LEAST &&
      this.#turns >= TURNS_AT_LEAST
    );
  }

  /** @param by 1 for a character that enters the part, -1 for a character that leaves it */
  public count(run: string, at: number, by: 1 | -1): void {
    const sort = sortOf(run.charCodeAt(at));
    this.#small += sort === "small" ? by : 0;
    this.#capitals += sort === "capital" ? by : 0;
    this.#digits += sort === "digit" ? by : 0;
    // A character that enters has its neighbour before it; a character that leaves has it after it.
    const neighbour = at - by < 0 ? "other" : sortOf(run.charCodeAt(at - by));
    this.#turns += sort !== neighbour && sort !== "other" && neighbour !== "other" ? by : 0;
  }
}

function sortOf(code: number): "small" | "capital" | "digit" | "other" {
  if (code >= 0x61 && code <= 0x7a) {
    return "small";
  }
  if (code >= 0x41 && code <= 0x5a) {
    return "capital";
  }
  return code >= 0x30 && code <= 0x39 ? "digit" : "other";
}

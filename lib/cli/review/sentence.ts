import { decimal } from "../show/numbers";

/** Writes a text from a plan in a format's own way. */
export type Show = (text: string) => string;

/** The first and the last of some dates in UTC, such as `2027-02-04`. */
export interface Days {
  readonly first: string;
  readonly last: string;
}

/** Words, texts from a plan, or days. */
type Part = string | readonly string[] | Days;

/** A sentence for people. Each format writes a plan's texts in its own way; `toString` leaves them unchanged. Immutable. */
export class Sentence {
  constructor(private readonly parts: readonly Part[]) {}

  /**
   * Merges sentences into one, with the texts and days of all.
   *
   * @param sentences at least one, all of the same shape
   */
  public static merged(sentences: readonly Sentence[]): Sentence {
    const [first = new Sentence([])] = sentences;
    return sentences.length === 1
      ? first
      : new Sentence(
          first.parts.map((part, at) =>
            mergedPart(
              part,
              sentences.map(({ parts }) => parts[at] ?? ""),
            ),
          ),
        );
  }

  /** The sentence without its texts and days. Two sentences of the same shape can be merged. */
  public get shape(): string {
    return JSON.stringify(this.parts.map((part) => (typeof part === "string" ? part : isList(part) ? [] : {})));
  }

  /** Whether one of its lists is exactly these texts. */
  public tells(texts: readonly string[]): boolean {
    return this.parts.some(
      (part) => isList(part) && part.length === texts.length && part.every((text, at) => text === texts[at]),
    );
  }

  /**
   * The sentence as text.
   *
   * @param show how texts from a plan are written
   * @param most the number of texts that a list names; further ones are counted
   */
  public write(show: Show, most = LISTED_AT_MOST): string {
    return this.parts.map((part) => written(part, show, most)).join("");
  }

  /** The sentence as text, with texts from a plan unchanged. */
  public toString(): string {
    return this.write(String);
  }

  /** The same as {@link toString}. */
  public toJSON(): string {
    return this.toString();
  }
}

/** Makes a sentence from a template: strings in it are words, and lists are texts from a plan. */
export function sentence(words: TemplateStringsArray, ...values: readonly Part[]): Sentence {
  return new Sentence(words.flatMap((word, index) => [word, values[index] ?? ""]));
}

/** The range of some days; undefined if there are none. */
export function daysOf(days: readonly string[]): Days | undefined {
  const sorted = days.toSorted();
  const [first, last] = [sorted[0], sorted.at(-1)];
  return first === undefined || last === undefined ? undefined : { first, last };
}

/** `2027-02-04`, `2027-01-05 to 2027-02-04` */
export function describeDays({ first, last }: Days): string {
  return first === last ? first : `${first} to ${last}`;
}

/** The number of texts that a list names. Further ones are counted. */
export const LISTED_AT_MOST = 5;

/** The first texts, and the number of the others. */
export function listOf(texts: readonly string[], show: Show, most = LISTED_AT_MOST): string {
  const shown = texts.slice(0, most).map(show).join(", ");
  return texts.length > most ? `${shown} and ${decimal(texts.length - most)} more` : shown;
}

function written(part: Part, show: Show, most: number): string {
  return typeof part === "string" ? part : isList(part) ? listOf(part, show, most) : describeDays(part);
}

function isList(part: Part): part is readonly string[] {
  return Array.isArray(part);
}

/** @param all the same part of each sentence, all of one type */
function mergedPart(part: Part, all: readonly Part[]): Part {
  if (typeof part === "string") {
    return part;
  }
  if (isList(part)) {
    return [...new Set(all.filter(isList).flat())];
  }
  return daysOf(all.filter(isDays).flatMap(({ first, last }) => [first, last])) ?? part;
}

function isDays(part: Part): part is Days {
  return typeof part === "object" && !isList(part);
}

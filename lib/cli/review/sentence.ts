import { decimal } from "../show/numbers";

/** How a format writes a text that comes from a plan. */
export type Show = (text: string) => string;

/** Days in UTC, `2027-02-04`, of one certificate or of several. */
export interface Days {
  readonly first: string;
  readonly last: string;
}

/** Words; texts that come from a plan; or days. */
type Part = string | readonly string[] | Days;

/** What a person is told, in which each format writes texts of a plan in its own way. As a string, they are as they are. Immutable. */
export class Sentence {
  constructor(private readonly parts: readonly Part[]) {}

  /**
   * What several say together: their texts and days in one.
   *
   * @param sentences one at least, all of one shape
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

  /** Two of the same shape say the same, of other texts and days. */
  public get shape(): string {
    return JSON.stringify(this.parts.map((part) => (typeof part === "string" ? part : isList(part) ? [] : {})));
  }

  /** Whether it tells these texts, and no other between them. */
  public tells(texts: readonly string[]): boolean {
    return this.parts.some(
      (part) => isList(part) && part.length === texts.length && part.every((text, at) => text === texts[at]),
    );
  }

  /** @param most how many of its texts are told, and not counted alone */
  public write(show: Show, most = LISTED_AT_MOST): string {
    return this.parts.map((part) => written(part, show, most)).join("");
  }

  public toString(): string {
    return this.write(String);
  }

  public toJSON(): string {
    return this.toString();
  }
}

/** A sentence from a template: strings in it are words, and lists are texts that come from a plan. */
export function sentence(words: TemplateStringsArray, ...values: readonly Part[]): Sentence {
  return new Sentence(words.flatMap((word, index) => [word, values[index] ?? ""]));
}

/** From the first of some days to the last: undefined without any. */
export function daysOf(days: readonly string[]): Days | undefined {
  const sorted = days.toSorted();
  const [first, last] = [sorted[0], sorted.at(-1)];
  return first === undefined || last === undefined ? undefined : { first, last };
}

/** `2027-02-04`, `2027-01-05 to 2027-02-04` */
export function describeDays({ first, last }: Days): string {
  return first === last ? first : `${first} to ${last}`;
}

/** More than these are counted. */
export const LISTED_AT_MOST = 5;

/** The first of them, and how many there are beside these. */
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

/** @param all the same part of each, all of one kind */
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

import { decimal } from "../show/numbers";

/** How a format writes a text that comes from a plan. */
export type Show = (text: string) => string;

/** More than these are counted. */
const LISTED_AT_MOST = 5;

/** What a person is told, in which each format writes texts of a plan in its own way. As a string, they are as they are. Immutable. */
export class Sentence {
  /** @param parts words, and lists of texts that come from a plan */
  constructor(private readonly parts: readonly (string | readonly string[])[]) {}

  public write(show: Show): string {
    return this.parts.map((part) => (typeof part === "string" ? part : listOf(part, show))).join("");
  }

  public toString(): string {
    return this.write(String);
  }

  public toJSON(): string {
    return this.toString();
  }
}

/** A sentence from a template: strings in it are words, and lists are texts that come from a plan. */
export function sentence(words: TemplateStringsArray, ...values: readonly (string | readonly string[])[]): Sentence {
  return new Sentence(words.flatMap((word, index) => [word, values[index] ?? ""]));
}

/** The first of them, and how many there are beside these. */
function listOf(texts: readonly string[], show: Show): string {
  const shown = texts.slice(0, LISTED_AT_MOST).map(show).join(", ");
  return texts.length > LISTED_AT_MOST ? `${shown} and ${decimal(texts.length - LISTED_AT_MOST)} more` : shown;
}

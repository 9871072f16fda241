import type { DistinguishedName } from "../../values/distinguished-name";

/** An attribute by openssl's name for it. */
export type ShortAttribute = readonly [type: string, text: string];

/** A subject as openssl's `-subj` takes it. */
export function subjectArgument({ shortAttributes }: DistinguishedName): string {
  return argumentOf(shortAttributes.map((attribute) => [attribute]));
}

/**
 * A name as openssl's `-subj` takes it: a backslash makes a character a part of the text.
 *
 * @param sets in their order: most are of one attribute
 */
export function argumentOf(sets: readonly (readonly ShortAttribute[])[]): string {
  return sets.map((set) => `/${set.map(([type, text]) => `${type}=${escape(text)}`).join("+")}`).join("") || "/";
}

function escape(text: string): string {
  return text.replace(/[/+\\]/g, "\\$&");
}

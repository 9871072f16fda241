import type { DistinguishedName } from "../../values/distinguished-name";

/** An attribute by openssl's name for it. */
export type ShortAttribute = readonly [type: string, text: string];

/** A subject in the form of openssl's `-subj`. */
export function subjectArgument({ shortAttributes }: DistinguishedName): string {
  return argumentOf(shortAttributes.map((attribute) => [attribute]));
}

/**
 * A name in the form of openssl's `-subj`: a backslash escapes a special character.
 *
 * @param sets the sets of attributes in their order; most have one attribute
 */
export function argumentOf(sets: readonly (readonly ShortAttribute[])[]): string {
  return sets.map((set) => `/${set.map(([type, text]) => `${type}=${escape(text)}`).join("+")}`).join("") || "/";
}

function escape(text: string): string {
  return text.replace(/[/+\\]/g, "\\$&");
}

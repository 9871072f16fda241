import { publicText } from "../show/public-text";

/*
 * A subject is shown with its attributes escaped as in RFC 4514, with a comma and a blank between them: `CN=A\, B, O=Example Ltd`.
 * openssl and Node escape them in the same way, but write one attribute a line.
 */

/** @param attributes short names, and values without escapes */
export function subjectText(attributes: readonly (readonly [name: string, value: string])[]): string {
  return attributes.map(([name, value]) => `${name}=${value.replace(/[,+"\\<>;]/g, "\\$&")}`).join(", ");
}

/** The common name in such a text, without escapes; undefined if it has none. */
export function commonNameIn(subject: string): string | undefined {
  const value = /^(?:(?:\\.|[^\\])*?(?:, | \+ ))?CN=((?:\\.|[^\\,+])*)/s.exec(subject)?.[1];
  // Without escapes, the text may look like a private key.
  return value && publicText(value.replace(/\\([,+"\\<>;=# ])/g, "$1").trim());
}

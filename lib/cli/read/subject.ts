import { publicText } from "../show/public-text";

/*
 * A subject is shown as RFC 4514 spells its attributes, with a comma and a blank between them: `CN=A\, B, O=Example Ltd`. So
 * openssl and Node have it of a certificate, an attribute a line.
 */

/** @param attributes short names, and values as they are */
export function subjectText(attributes: readonly (readonly [name: string, value: string])[]): string {
  return attributes.map(([name, value]) => `${name}=${value.replace(/[,+"\\<>;]/g, "\\$&")}`).join(", ");
}

/** The common name in such a text, without escapes; undefined where it has none. */
export function commonNameIn(subject: string): string | undefined {
  const value = /^(?:(?:\\.|[^\\])*?(?:, | \+ ))?CN=((?:\\.|[^\\,+])*)/s.exec(subject)?.[1];
  // Without its escapes, what is in it may look like a key.
  return value && publicText(value.replace(/\\([,+"\\<>;=# ])/g, "$1").trim());
}

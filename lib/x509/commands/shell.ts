import type { DistinguishedName } from "../../values/distinguished-name";

/** A subject as openssl's `-subj` takes it: a backslash makes a character a part of the text. */
export function subjectArgument({ shortAttributes }: DistinguishedName): string {
  return shortAttributes.map(([type, text]) => `/${type}=${text.replace(/[/+\\]/g, "\\$&")}`).join("") || "/";
}

/** As one word, in which nothing has a meaning to a POSIX shell. */
export function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

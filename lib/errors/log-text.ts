/** Invisible characters: control characters, and those that change the direction of text, have no width, or end a line. */
const SHAPELESS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A text on one line, with a space instead of invisible characters. */
export function onOneLine(text: string): string {
  return text.replace(new RegExp(`(?:${SHAPELESS.source})+`, SHAPELESS.flags), " ");
}

/** Any text on one line of a log: invisible characters are escaped as in JSON, and it contains no command of a CI system. */
export function logLine(text: string): string {
  return withoutCommands(text.replace(SHAPELESS, escaped));
}

/** `##[group]` of GitHub Actions, `##vso[…]` of Azure Pipelines, `##teamcity[…]`, and `section_start:` of GitLab, anywhere. */
const MARK = /#(?=#\w*\[)|section(?=_(?:start|end):)/gi;

/**
 * `::group::` of GitHub Actions, at the start of a line, where spaces are skipped. An IPv6 address that stands alone is not a
 * command, and stays unchanged.
 */
const COMMAND = /^([^\S\n]*):(?=:(?![\da-f:.]*(?:[\s,"]|$)))/gim;

/**
 * Text for a log, of one line or many, in which no CI system finds a command: a space breaks a command up. All other text
 * stays unchanged.
 */
export function withoutCommands(text: string): string {
  return text.replace(MARK, "$& ").replace(COMMAND, "$1: ");
}

/**
 * JSON for a log: equivalent to that of JSON.stringify, with escapes instead of invisible characters and of what a CI system
 * takes for a command.
 *
 * @param indent spaces for each level; all on one line by default
 */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent)
    .replace(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, escaped)
    .replace(/#(#\w*\[)/g, (_, rest: string) => `\\u0023${rest}`)
    .replace(/section_(?=(?:start|end):)/gi, (word) => `${word.slice(0, -1)}\\u005f`);
}

/**
 * HTML for a log: equivalent, with character references instead of invisible characters (except line feeds) and of what a CI
 * system takes for a command.
 *
 * @param html without scripts, styles and comments, in which references have no effect
 */
export function htmlText(html: string): string {
  return html
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => (character === "\n" ? character : referenceTo(character)))
    .replace(/#(?=#\w*\[)/g, referenceTo)
    .replace(/(?<=section)_(?=(?:start|end):)/gi, referenceTo)
    .replace(COMMAND, (colon) => colon.slice(0, -1) + referenceTo(":"));
}

function referenceTo(character: string): string {
  return `&#${character.codePointAt(0) ?? 0};`;
}

function escaped(characters: string): string {
  const units = Array.from({ length: characters.length }, (_, at) => characters.charCodeAt(at));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}

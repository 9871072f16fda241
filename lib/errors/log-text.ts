/** What has no shape: control characters, and what turns the direction of text, has no width, or ends a line. */
const SHAPELESS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A text on one line, with a blank in place of what has no shape. */
export function onOneLine(text: string): string {
  return text.replace(new RegExp(`(?:${SHAPELESS.source})+`, SHAPELESS.flags), " ");
}

/** A text on one line of a log, whatever it is made of: what has no shape is escaped as in JSON, and no command is in it. */
export function logLine(text: string): string {
  return withoutCommands(text.replace(SHAPELESS, escaped));
}

/** `##[group]` of GitHub Actions, `##vso[…]` of Azure Pipelines, `##teamcity[…]`, and `section_start:` of GitLab, anywhere. */
const MARK = /#(?=#\w*\[)|section(?=_(?:start|end):)/gi;

/**
 * `::group::` of GitHub Actions, at the start of a line, where blanks are passed over. No IPv6 address is one: where it stands
 * by itself, it stays whole.
 */
const COMMAND = /^([^\S\n]*):(?=:(?![\da-f:.]*(?:[\s,"]|$)))/gim;

/**
 * Text for a log, of one line or many, in which no CI system finds a command: a blank breaks it up. Anything else stays as it
 * is.
 */
export function withoutCommands(text: string): string {
  return text.replace(MARK, "$& ").replace(COMMAND, "$1: ");
}

/**
 * JSON that may be printed into a log: it says the same as that of JSON.stringify, with escapes in place of what has no
 * shape, and of what a CI system takes for a command.
 *
 * @param indent blanks for each level; all on one line by default
 */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent)
    .replace(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, escaped)
    .replace(/#(#\w*\[)/g, (_, rest: string) => `\\u0023${rest}`)
    .replace(/section_(?=(?:start|end):)/gi, (word) => `${word.slice(0, -1)}\\u005f`);
}

/**
 * HTML that may be printed into a log: it says the same, with character references in place of what has no shape but a line
 * feed, and of what a CI system takes for a command.
 *
 * @param html without scripts, styles and comments, in which references count for nothing
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

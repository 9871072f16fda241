import type { AlikeViolations } from "../../rules/alike-violations";
import { isFailure } from "../../rules/violation";
import { code, plain } from "../../show/markdown-text";
import { decimal, numberOf } from "../../show/numbers";
import type { ReviewedChange } from "../impact";
import { hasName } from "../names";
import type { Alike } from "./alike";
import { authorityOf, endOf, fileActionOf, keyOf, shortFingerprintOf } from "./words";

/** The number of names, or of files, that a cell lists. */
export const LISTED_AT_MOST = 8;

/** The number of names that a folded row lists. */
const FOLDED_AT_MOST = 50;

/** The columns of a table of certificates. */
export const COLUMNS = ["Certificate", "What it means", "Before and after"];

/** The cells of one change. */
export function cellsOfChange(change: ReviewedChange, hasSources: boolean): string[] {
  const { source, address, title, kinds, warnings, remarks, notes } = change;
  const { before, after, files, renamedFrom, movedFrom } = change;
  return [
    lines([`**${code(title)}**`, kinds.join(", "), hasSources && `in ${code(source)}`]),
    lines([
      ...warnings.map((warning) => `⚠ ${warning.write(code)}`),
      ...remarks.map((remark) => remark.write(code)),
      ...notes.map(code),
    ]),
    lines([
      addressesOf(before?.names, after?.names),
      detail("valid until", arrow(endOf(before), endOf(after))),
      detail("key", emphatic(keyOf(change, plain), change.key)),
      change.key === "same" || before?.keyPin === undefined ? "" : detail("old key pin", code(before.keyPin)),
      detail("authority", emphatic(authorityOf(change), change.authority)),
      detail("old SHA-256", code(shortFingerprintOf(before))),
      ...files.slice(0, LISTED_AT_MOST).map((file) => `${code(file.path ?? file.address)} ${fileActionOf(file)}`),
      files.length > LISTED_AT_MOST && `and ${numberOf(files.length - LISTED_AT_MOST, "more file")}`,
      address !== title && code(address),
      renamedFrom !== undefined && `was ${code(renamedFrom)}`,
      movedFrom !== undefined && `was ${code(movedFrom.address)} in ${code(movedFrom.source)}`,
    ]),
  ];
}

/** The cells of several similar changes: what they share, and their first names. */
export function cellsOfAlike(alike: Alike, hasSources: boolean): string[] {
  const { first, changes, titles, warnings, remarks, notes, sources, ends, files } = alike;
  return [
    lines([
      `**${numberOf(changes.length, "certificate")}**`,
      first.kinds.join(", "),
      listOfCode(titles),
      hasSources && `in ${listOfCode(sources)}`,
    ]),
    lines([
      ...warnings.map((warning) => `⚠ ${warning.write(code)}`),
      ...remarks.map((remark) => remark.write(code)),
      ...notes.slice(0, LISTED_AT_MOST).map(code),
      notes.length > LISTED_AT_MOST && `and ${numberOf(notes.length - LISTED_AT_MOST, "more note")}`,
    ]),
    lines([
      detail("valid until", arrow(ends.before, ends.after)),
      detail(
        "key",
        alike
          .keys(plain)
          .map((key) => emphatic(key, first.key))
          .join("; "),
      ),
      detail("authority", emphatic(alike.authority, first.authority)),
      detail("files", files),
    ]),
  ];
}

export function cellsOfViolations(violations: AlikeViolations): string[] {
  const { rule, level, addresses, message, place, waiver } = violations;
  return [
    lines([isFailure(violations) ? `⚠ **${code(rule)}**` : code(rule), level]),
    listOfCode(addresses),
    lines([
      message.write(code),
      waiver !== null &&
        (waiver.isOver
          ? `the waiver of ${code(waiver.owner)} expired on ${waiver.until}`
          : `waived until ${waiver.until} by ${code(waiver.owner)}: ${code(waiver.reason)}`),
    ]),
    code(place),
  ];
}

/** The texts of a folded row. */
export function foldedList(texts: readonly string[]): string {
  return listOfCode(texts, FOLDED_AT_MOST);
}

function listOfCode(texts: readonly string[], most = LISTED_AT_MOST): string {
  return andMore(texts.slice(0, most).map(code), texts.length);
}

function andMore(shown: readonly string[], count: number): string {
  const left = count - shown.length;
  return [...shown, ...(left > 0 ? [`and ${decimal(left)} more`] : [])].join(" ");
}

function detail(name: string, text: string): string {
  return text === "" ? "" : `${name}: ${text}`;
}

function lines(texts: readonly (string | false)[]): string {
  return texts.filter((text) => text !== false && text !== "").join("<br>");
}

/** A missing value before or after is a dash. */
function arrow(before: string, after: string): string {
  return before === after ? before : `${before || "—"} → ${after || "—"}`;
}

/** A state other than `same` is bold. */
function emphatic(text: string, state: "same" | "new" | "other" | "unknown"): string {
  return state === "same" ? text : text.replace(state, `**${state}**`);
}

/** Removed names are struck out, and new names are bold. */
function addressesOf(before: readonly string[] = [], after: readonly string[] = []): string {
  return arrow(markedNames(before, after, "~~"), markedNames(after, before, "**"));
}

function markedNames(names: readonly string[], others: readonly string[], mark: string): string {
  const isKept = (name: string): boolean => others.length === 0 || hasName(others, name);
  // Changed names come first, so that they are never cut.
  const inOrder =
    names.length > LISTED_AT_MOST ? [...names.filter((name) => !isKept(name)), ...names.filter(isKept)] : names;
  const shown = inOrder
    .slice(0, LISTED_AT_MOST)
    .map((name) => (isKept(name) ? code(name) : `${mark}${code(name)}${mark}`));
  return andMore(shown, names.length);
}

import { numberOf } from "../../show/numbers";
import type { ReviewedChange } from "../impact";
import { LISTED_AT_MOST, listOf } from "../sentence";
import type { Alike } from "./alike";
import { authorityOf, endOf, fileActionOf, keyOf, keyPinOf, shortFingerprintOf } from "./words";
import { row } from "./wrapped";

type Row = readonly [name: string, text: string | undefined];

/** How much the text shows of similar certificates. */
export interface Extent {
  /** The number of names. */
  readonly names: number;
  /** Whether it shows only warnings and facts, with the facts in one row. */
  readonly isShort: boolean;
}

/** The rows of one change. */
export function rowsOfChange(change: ReviewedChange, hasSources: boolean): string[] {
  const { source, address, title, warnings, remarks, notes } = change;
  const { before, after, files, renamedFrom, movedFrom } = change;
  return written([
    ["resource", address === title ? undefined : address],
    ["plan", hasSources ? source : undefined],
    ["was", renamedFrom],
    ["was", movedFrom && `${movedFrom.address} in ${movedFrom.source}`],
    ...warnings.map((warning): Row => ["warning", warning.toString()]),
    ...[...remarks, ...notes].map((note): Row => ["note", note.toString()]),
    ["addresses", arrow(before?.names?.join(", "), after?.names?.join(", "))],
    ["valid until", arrow(endOf(before), endOf(after))],
    ["key", keyOf(change, String)],
    ["key pin", keyPinOf(change)],
    ["authority", authorityOf(change)],
    ["old SHA-256", shortFingerprintOf(before)],
    ...files.map((file): Row => ["file", `${file.path ?? file.address} ${fileActionOf(file)}`]),
  ]);
}

/** The rows of similar changes: what they share, and as much of the rest as fits. */
export function rowsOfAlike(alike: Alike, hasSources: boolean, { names, isShort }: Extent): string[] {
  const { titles, warnings, remarks, notes, sources, ends, authority, files } = alike;
  const facts: readonly Row[] = [
    ["valid until", arrow(ends.before, ends.after)],
    ["key", alike.keys(String).join("; ")],
    ["authority", authority],
    ["files", files],
  ];
  return written([
    ["names", listOf(titles, String, names)],
    ["plans", hasSources ? listOf(sources, String) : undefined],
    ...warnings.map((warning): Row => ["warning", warning.write(String, Math.min(names, LISTED_AT_MOST))]),
    ...(isShort ? [] : [...remarks.map(String), ...someOf(notes)]).map((note): Row => ["note", note]),
    ...(isShort ? [inOne(facts)] : facts),
  ]);
}

/** The number of notes that are shown. There are more only if they name certificates. */
const NOTES_AT_MOST = 3;

function someOf(notes: readonly string[]): string[] {
  const left = notes.length - NOTES_AT_MOST;
  return [...notes.slice(0, NOTES_AT_MOST), ...(left > 0 ? [`and ${numberOf(left, "more note")}`] : [])];
}

function inOne(rows: readonly Row[]): Row {
  return ["facts", rows.flatMap(([name, text]) => (text ? [`${name} ${text}`] : [])).join("; ")];
}

function written(rows: readonly Row[]): string[] {
  return rows.flatMap(([name, text]) => (text ? [row(name, text)] : []));
}

function arrow(before = "", after = ""): string {
  return before === after ? before : `${before || "none"} -> ${after || "none"}`;
}

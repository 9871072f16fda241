import { LineCounter } from "yaml";
import type { ProblemKind } from "../errors";

/** The way to a value in a file, from the outside in: `["brokers", "3", "address"]`. */
export type Way = readonly string[];

/** A line and a column, both from 1 on. */
export interface Position {
  readonly line: number;
  /** In UTF-16 code units, as in editors; undefined if only the line is known. */
  readonly col?: number;
}

/** A flaw of a text, found before its content is known. */
export interface Flaw {
  readonly position: Position;
  /** The way to the value with the flaw; empty if it is unknown. */
  readonly way: Way;
  /** The given value; absent if it may be a secret. */
  readonly value?: unknown;
  readonly reason: string;
  readonly fix: string;
  /** @default "invalid" */
  readonly kind?: ProblemKind;
}

/** The flaw of a name that a map has twice, in any format. */
export const DUPLICATE: Pick<Flaw, "reason" | "fix"> = {
  reason: "is a name that the map already has",
  fix: "leave one of the two out",
};

/** The flaw of lists or maps that are nested too deeply, in any format. */
export const TOO_DEEP: Pick<Flaw, "reason" | "fix"> = {
  reason: "is nested too deeply",
  fix: "write it as one list",
};

/** The unchecked content of a file, with the positions of its values. */
export interface LocatedText {
  /** Undefined if the flaws leave nothing to check. */
  readonly content: unknown;
  readonly flaws: readonly Flaw[];
  /** The position of a value; for a missing value, that of its innermost existing parent. Slow the first time. */
  readonly locate: (way: Way) => Position;
}

/** Finds the position of an index into `text`. */
export function positionsOf(text: string): (index: number) => Position {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (const { index, 0: end } of text.matchAll(/\r\n|\n|\r/g)) {
    lines.addNewLine(index + end.length);
  }
  return (index) => lines.linePos(index);
}

/** Makes a value on first use, and keeps it. */
export function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** A place in a file, as editors and terminals write it: `brokers.yaml:12:14`. */
export function place(file: string, { line, col }: Position): string {
  return [file, line, ...(col === undefined ? [] : [col])].join(":");
}

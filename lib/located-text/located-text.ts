import { LineCounter } from "yaml";
import type { ProblemKind } from "../errors";

/** The way to something in a file, from the outside in: `["brokers", "3", "address"]`. */
export type Way = readonly string[];

/** A line and a column, both from 1 on. */
export interface Position {
  readonly line: number;
  /** In UTF-16 code units, as in editors; undefined where the line alone is known. */
  readonly col?: number;
}

/** Something that is wrong with a text, before it is known what it says. */
export interface Flaw {
  readonly position: Position;
  /** What it is in; empty where nobody can tell. */
  readonly way: Way;
  /** As it was given; not there where it may be a secret. */
  readonly value?: unknown;
  readonly reason: string;
  readonly fix: string;
  /** @default "invalid" */
  readonly kind?: ProblemKind;
}

/** What is wrong with a name that stands twice, in any format. */
export const DUPLICATE: Pick<Flaw, "reason" | "fix"> = {
  reason: "is a name that the same map has already",
  fix: "leave one of the two out",
};

/** What is wrong with lists or maps within each other without end, in any format. */
export const TOO_DEEP: Pick<Flaw, "reason" | "fix"> = {
  reason: "is nested too deep",
  fix: "write it as one list",
};

/** What the text of a file says, before that is checked. */
export interface LocatedText {
  /** Undefined where the text's flaws leave nothing to check. */
  readonly content: unknown;
  readonly flaws: readonly Flaw[];
  /** Where something stands; or, where it does not, what it would be in. Slow the first time. */
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

/** Makes a value when it is first asked for, and keeps it. */
export function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** A place in a file, as editors and terminals know it. */
export function place(file: string, { line, col }: Position): string {
  return [file, line, ...(col === undefined ? [] : [col])].join(":");
}

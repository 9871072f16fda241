import type { Markup } from "../markup/markup";

/** Many of something, as a page lists them: what is said of each, and by what they are filtered and sorted. */
export interface Listing<Row> {
  /** What one of them is, as `certificate`. */
  readonly what: string;
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  readonly filters: readonly Filter<Row>[];
  /** The texts in which is looked for what a reader types. */
  readonly textsOf: (row: Row) => readonly string[];
  /** The column by which they are sorted at first. */
  readonly firstOrder: string;
  /** What is said above rows that follow each other, by the column by which they are sorted. */
  readonly headings: Readonly<Record<string, (row: Row) => string>>;
}

/** A column of the table. */
export interface Column<Row> {
  readonly id: string;
  readonly head: string;
  readonly cell: (row: Row) => Markup;
  /** Where it can be sorted by this: negative for what comes first. */
  readonly compare?: (one: Row, other: Row) => number;
  /** Whether it names the row: the first one does. */
  readonly isName?: true;
}

/** A choice of rows. */
export interface Filter<Row> {
  readonly id: string;
  readonly label: string;
  /** What stands for no choice, as `Any end`. */
  readonly any: string;
  readonly options: readonly Option[];
  readonly accepts: (row: Row, value: string) => boolean;
}

export interface Option {
  readonly value: string;
  readonly text: string;
}

/** How far a reader has come in a listing. */
export interface Choice {
  readonly text: string;
  /** The options that are chosen, by the filters' ids; empty, or not there, for none. */
  readonly options: Readonly<Record<string, string>>;
  readonly order: string;
  readonly isDescending: boolean;
  /** From 0. */
  readonly page: number;
}

export function firstChoice({ firstOrder }: Pick<Listing<never>, "firstOrder">): Choice {
  return { text: "", options: {}, order: firstOrder, isDescending: false, page: 0 };
}

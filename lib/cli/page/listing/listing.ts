import type { Markup } from "../markup/markup";

/** A list in a page: its rows and columns, and how rows are filtered and sorted. */
export interface Listing<Row> {
  /** The name of one row, such as `certificate`. */
  readonly what: string;
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  readonly filters: readonly Filter<Row>[];
  /** The texts that a search looks through. */
  readonly textsOf: (row: Row) => readonly string[];
  /** The column of the initial order. */
  readonly firstOrder: string;
  /** The headings above groups of rows, by the column of the order. */
  readonly headings: Readonly<Record<string, (row: Row) => string>>;
}

/** A column of the table. */
export interface Column<Row> {
  readonly id: string;
  readonly head: string;
  readonly cell: (row: Row) => Markup;
  /** Compares two rows; undefined if the list cannot be sorted by this column. */
  readonly compare?: (one: Row, other: Row) => number;
  /** Whether the column names the row: the first one does. */
  readonly isName?: true;
}

/** A filter of rows. */
export interface Filter<Row> {
  readonly id: string;
  readonly label: string;
  /** The option for no choice, such as `Any time`. */
  readonly any: string;
  readonly options: readonly Option[];
  readonly accepts: (row: Row, value: string) => boolean;
}

export interface Option {
  readonly value: string;
  readonly text: string;
}

/** The reader's choice in a list. */
export interface Choice {
  readonly text: string;
  /** The chosen options, by filter id; empty or missing for no choice. */
  readonly options: Readonly<Record<string, string>>;
  readonly order: string;
  readonly isDescending: boolean;
  /** From 0. */
  readonly page: number;
}

export function firstChoice({ firstOrder }: Pick<Listing<never>, "firstOrder">): Choice {
  return { text: "", options: {}, order: firstOrder, isDescending: false, page: 0 };
}

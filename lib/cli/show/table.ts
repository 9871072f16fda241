import Table, { type TableConstructorOptions } from "cli-table3";
import { createColors } from "picocolors";
import stringWidth from "string-width";
import { isNear } from "./near-end";

type Colors = ReturnType<typeof createColors>;

/** A column of a table. */
export interface Column<Row> {
  readonly head: string;
  readonly text: (row: Row) => string;
  readonly color?: (row: Row, colors: Colors) => (text: string) => string;
  readonly isNumber?: true;
}

/** Whole days until expiry, if known. */
export const DAYS: Column<{ readonly daysLeft: number | null }> = {
  head: "DAYS",
  text: ({ daysLeft }) => String(daysLeft ?? ""),
  color: ({ daysLeft }, { red, yellow }) =>
    daysLeft === null || !isNear(daysLeft) ? String : daysLeft < 0 ? red : yellow,
  isNumber: true,
};

/** The number of rows per call of cli-table3: for twice the rows, it takes four times as long. */
const ROWS_AT_ONCE = 100;

/** Columns without lines between them. */
const BARE: TableConstructorOptions = {
  chars: {
    top: "",
    "top-left": "",
    "top-mid": "",
    "top-right": "",
    left: "",
    "left-mid": "",
    mid: "",
    "mid-mid": "",
    middle: "  ",
    right: "",
    "right-mid": "",
    bottom: "",
    "bottom-left": "",
    "bottom-mid": "",
    "bottom-right": "",
  },
  style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
};

/** Writes a head and a line for each row, in aligned columns. */
export function tableOf<Row>(columns: readonly Column<Row>[], all: readonly Row[], isColored: boolean): string {
  const colors = createColors(isColored);
  const rows = [
    columns.map(({ head }) => head),
    ...all.map((row) =>
      columns.map(({ text, color }) => (color === undefined ? text(row) : color(row, colors)(text(row)))),
    ),
  ];
  const layout = {
    ...BARE,
    colWidths: columns.map((_, column) =>
      rows.reduce((widest, row) => Math.max(widest, stringWidth(row[column] ?? "")), 0),
    ),
    colAligns: columns.map(({ isNumber }) => (isNumber === true ? ("right" as const) : ("left" as const))),
  };
  const parts = Array.from({ length: Math.ceil(rows.length / ROWS_AT_ONCE) }, (_, part) => {
    const table = new Table(layout);
    table.push(...rows.slice(part * ROWS_AT_ONCE, (part + 1) * ROWS_AT_ONCE));
    return table.toString();
  });
  return parts
    .flatMap((part) => part.split("\n"))
    .map((row) => `${row.trimEnd()}\n`)
    .join("");
}

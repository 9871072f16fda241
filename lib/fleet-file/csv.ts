import { CsvError, parse } from "csv-parse/sync";
import { suggest } from "../errors";
import { type Flaw, type FleetText, lazy, positionsOf, type Way } from "./text";

/** How the text of a cell becomes a value. */
export type Cell = "text" | "number" | "list" | "text or false";

/**
 * Reads CSV (RFC 4180), whose first row names the columns.
 *
 * @param columns all that there may be; one with a dot, such as `subject.country`, is of an object
 */
export function readCsv(text: string, columns: ReadonlyMap<string, Cell>): FleetText {
  const startOf = lazy(() => startsOf(text));
  const positionAt = lazy(() => positionsOf(text));
  const positionOf = (row: number, column: number) => positionAt()(startOf()[row]?.[column] ?? 0);
  try {
    const [header = [], ...rows]: string[][] = parse(text, OPTIONS);
    const headerFlaws = flawsOfHeader(header, columns).map(({ column, ...flaw }) => ({
      ...flaw,
      position: positionOf(0, column),
      way: [],
    }));
    const rowFlaws = rows.flatMap((row, index) =>
      row.length === header.length
        ? []
        : [{ ...flawOfRow(row, header), position: positionOf(index + 1, 0), way: ["brokers", `${index}`] }],
    );
    const brokers = rows.map((row) => toBroker(header, row, columns));
    return {
      content: header.includes("address") ? { brokers } : undefined,
      flaws: [...headerFlaws, ...rowFlaws],
      locate: (way) => positionOf(...cellOf(way, header)),
    };
  } catch (error) {
    if (!(error instanceof CsvError)) {
      throw error;
    }
    return { content: undefined, flaws: [flawOfQuotes(text, error)], locate: () => ({ line: 1, col: 1 }) };
  }
}

/** The row and the column of what is on the way: the row's first where it is in no cell of its own. */
function cellOf([, row, ...names]: Way, header: readonly string[]): [number, number] {
  const column = header.findIndex((name) => name === names.slice(0, name.split(".").length).join("."));
  return [row === undefined ? 0 : Number(row) + 1, Math.max(column, 0)];
}

/** Rows of any length, each a list of cells: their length is judged here, for all rows at once. */
const OPTIONS = { relax_column_count: true, skip_empty_lines: true, record_delimiter: ["\r\n", "\n", "\r"] };

type HeaderFlaw = Omit<Flaw, "position" | "way"> & { readonly column: number };

function flawsOfHeader(header: readonly string[], columns: ReadonlyMap<string, Cell>): HeaderFlaw[] {
  const flaws = header.flatMap((name, column): HeaderFlaw[] => {
    if (!columns.has(name)) {
      const fix = suggest(name, [...columns.keys()]);
      return [{ column, value: name, reason: "is no column here", fix, kind: "unknown-property" }];
    }
    return header.indexOf(name) < column
      ? [{ column, value: name, reason: "is a column already", fix: "leave one of the two out", kind: "duplicate" }]
      : [];
  });
  const reason = "has no column address";
  return header.includes("address")
    ? flaws
    : [...flaws, { column: 0, value: header, reason, fix: "name the columns in it, address among them" }];
}

function flawOfRow(row: readonly string[], header: readonly string[]): Omit<Flaw, "position" | "way"> {
  return {
    value: row,
    reason: `has not as many cells as the first row, which has ${header.length}`,
    fix: "put a cell with a comma in quotes, and keep the commas of empty cells",
  };
}

function toBroker(header: readonly string[], row: readonly string[], columns: ReadonlyMap<string, Cell>): object {
  const broker: Record<string, unknown> = {};
  const inner: Record<string, Record<string, unknown>> = {};
  for (const [index, column] of header.entries()) {
    const cell = columns.get(column);
    const text = row[index] ?? "";
    if (cell === undefined || text === "") {
      continue;
    }
    const [name = "", property] = column.split(".");
    if (property === undefined) {
      broker[name] = toValue(text, cell);
    } else {
      inner[name] = { ...inner[name], [property]: toValue(text, cell) };
    }
  }
  return { ...broker, ...inner };
}

/** What is not of its kind stays text, and is found to be that by the schema. */
function toValue(text: string, cell: Cell): unknown {
  switch (cell) {
    case "number":
      return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
    case "list":
      return text.trim().split(/\s+/);
    case "text or false":
      return text === "false" ? false : text;
    case "text":
      return text;
  }
}

/** Where each cell of each row starts in the text. */
function startsOf(text: string): number[][] {
  const bytes = Buffer.from(text);
  const starts: number[][] = [];
  // The parser counts bytes: up to the end of the cell that it is at.
  let [byte, index] = [0, 0];
  const skipTo = (end: number): void => {
    index += bytes.toString("utf8", byte, end).length;
    byte = end;
  };
  parse(bytes, {
    ...OPTIONS,
    cast: (value, context) => {
      if (context.column === 0) {
        while (/[\r\n]/.test(text[index] ?? "")) {
          skipTo(byte + 1);
        }
        starts.push([]);
      }
      starts.at(-1)?.push(index);
      skipTo(context.bytes + (/[\r\n]/.test(String.fromCharCode(bytes[context.bytes] ?? 0)) ? 0 : 1));
      return value;
    },
  });
  return starts;
}

const QUOTES: ReadonlyMap<string, string> = new Map([
  ["CSV_INVALID_CLOSING_QUOTE", "has text behind its closing quote"],
  ["INVALID_OPENING_QUOTE", "has a quote in its middle"],
  ["CSV_QUOTE_NOT_CLOSED", "has no closing quote"],
]);

function flawOfQuotes(text: string, error: CsvError): Flaw {
  const isFirst = error["column"] === 0;
  // The parser counts bytes: up to the end of the cell before, or of the row before.
  const before = Buffer.from(text).toString("utf8", 0, Number(error["bytes"]) + (isFirst ? 0 : 1));
  const blankLines = isFirst ? (/^[\r\n]*/.exec(text.slice(before.length))?.[0] ?? "") : "";
  return {
    position: positionsOf(text)(before.length + blankLines.length),
    way: [],
    reason: QUOTES.get(error.code) ?? "is no cell",
    fix: 'put the whole cell in quotes, and write "" for a quote within',
  };
}

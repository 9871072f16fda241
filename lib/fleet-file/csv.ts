import { CsvError, type Info, parse } from "csv-parse/sync";
import { suggest } from "../errors";
import type { Flaw, FleetText } from "./text";

/** How the text of a cell becomes a value. */
export type Cell = "text" | "number" | "list" | "text or false";

/**
 * Reads CSV (RFC 4180), whose first row names the columns.
 *
 * @param columns all that there may be; one with a dot, such as `subject.country`, is of an object
 */
export function readCsv(text: string, columns: ReadonlyMap<string, Cell>): FleetText {
  const lines = text.replace(/\r\n?/g, "\n");
  try {
    const [header = { record: [], line: 1 }, ...rows] = rowsOf(lines);
    const names = header.record;
    const rowFlaws = rows.flatMap(({ record, line }, index) =>
      record.length === names.length
        ? []
        : [{ ...flawOfRow(record, names), position: { line }, way: ["brokers", `${index}`] }],
    );
    return {
      content: names.includes("address")
        ? { brokers: rows.map(({ record }) => toBroker(names, record, columns)) }
        : undefined,
      flaws: [
        ...flawsOfHeader(names, columns).map((flaw) => ({ ...flaw, position: { line: header.line }, way: [] })),
        ...rowFlaws,
      ],
      locate: ([, row]) => ({ line: rows[Number(row)]?.line ?? header.line }),
    };
  } catch (error) {
    if (!(error instanceof CsvError)) {
      throw error;
    }
    return { content: undefined, flaws: [flawOfQuotes(lines, error)], locate: () => ({ line: 1 }) };
  }
}

/** A row, and the line where it begins. */
interface Row {
  readonly record: readonly string[];
  readonly line: number;
}

/** Rows of any length, each a list of cells: their length is judged here, for all rows at once. */
function rowsOf(text: string): Row[] {
  const rows: unknown = parse(text, {
    relax_column_count: true,
    skip_empty_lines: true,
    record_delimiter: "\n",
    info: true,
  });
  // The parser tells where a row ends, and its types do not know of that.
  return (rows as { record: string[]; info: Info }[]).map(({ record, info }) => ({
    record,
    line: info.lines - record.join("").split("\n").length + 1,
  }));
}

type FlawOfLine = Omit<Flaw, "position" | "way">;

function flawsOfHeader(header: readonly string[], columns: ReadonlyMap<string, Cell>): FlawOfLine[] {
  const flaws = header.flatMap((name, column): FlawOfLine[] => {
    if (!columns.has(name)) {
      const fix = suggest(name, [...columns.keys()]);
      return [{ value: name, reason: "is no column here", fix, kind: "unknown-property" }];
    }
    return header.indexOf(name) < column
      ? [{ value: name, reason: "is a column already", fix: "leave one of the two out", kind: "duplicate" }]
      : [];
  });
  const reason = "has no column address";
  return header.includes("address")
    ? flaws
    : [...flaws, { value: header, reason, fix: "name the columns in it, address among them", kind: "required" }];
}

function flawOfRow(row: readonly string[], header: readonly string[]): FlawOfLine {
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

const QUOTES: ReadonlyMap<string, string> = new Map([
  ["CSV_INVALID_CLOSING_QUOTE", "has text behind its closing quote"],
  ["INVALID_OPENING_QUOTE", "has a quote in its middle"],
  ["CSV_QUOTE_NOT_CLOSED", "has no closing quote"],
]);

function flawOfQuotes(text: string, error: CsvError): Flaw {
  // The parser counts bytes: up to the end of the cell before, or of the row before.
  const before = Buffer.from(text).toString("utf8", 0, Number(error["bytes"]));
  const blankLines = /^\n*/.exec(text.slice(before.length))?.[0] ?? "";
  return {
    position: { line: `${before}${blankLines}`.split("\n").length },
    way: [],
    reason: QUOTES.get(error.code) ?? "is no cell",
    fix: 'put the whole cell in quotes, and write "" for a quote within',
  };
}

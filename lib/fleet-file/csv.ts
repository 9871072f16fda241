import { CsvError, type Info, parse } from "csv-parse/sync";
import { suggest } from "../errors";
import type { Flaw, LocatedText } from "../located-text/located-text";

/** How the text of a cell becomes a value. */
export type Cell = "text" | "number" | "list" | "true or false" | "text or false";

/** What separates cells: no column has one of them in its name, so the first row tells which it is. */
const SEPARATORS: ReadonlyMap<string, string> = new Map([
  [",", "comma"],
  [";", "semicolon"],
  ["\t", "tab"],
]);

/** There are a score of them; each that is none has a problem of its own. */
const COLUMNS_AT_MOST = 1000;

/** How spreadsheets tell each other, in a line before the first row. */
const TOLD = /^"?sep=([,;\t])"?(?=\n)/i;

/**
 * Reads CSV (RFC 4180), whose first row names the columns: with commas or, as spreadsheets write it where numbers have a comma
 * in them, with semicolons; or with tabs.
 *
 * @param columns all that there may be; one with a dot, such as `subject.country`, is of an object
 */
export function readCsv(text: string, columns: ReadonlyMap<string, Cell>): LocatedText {
  const given = text.replace(/\r\n?/g, "\n");
  const lines = given.replace(TOLD, "");
  const separator = TOLD.exec(given)?.[1] ?? /[,;\t]/.exec(/^.+/m.exec(lines)?.[0] ?? "")?.[0] ?? ",";
  try {
    const [header = { record: [], line: 1 }, ...rows] = withoutEmptyColumns(rowsOf(lines, separator));
    const names = header.record;
    const cells = cellsIn(names, columns);
    const rowFlaws = rows.flatMap(({ record, line }, index) =>
      record.length === names.length
        ? []
        : [{ ...flawOfRow(record, names, separator), position: { line }, way: ["brokers", `${index}`] }],
    );
    return {
      content: names.includes("address") ? { brokers: rows.map(({ record }) => toBroker(record, cells)) } : undefined,
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

/**
 * Rows of any length, each a list of cells: their length is judged here, for all rows at once. Spreadsheets write rows of empty
 * cells, which are none.
 */
function rowsOf(text: string, separator: string): Row[] {
  const rows: unknown = parse(text, {
    delimiter: separator,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
    record_delimiter: "\n",
    info: true,
  });
  // The parser tells where a row ends, and its types do not know of that.
  return (rows as { record: string[]; info: Info }[]).map(({ record, info }) => ({
    record,
    line: info.lines - record.join("").split("\n").length + 1,
  }));
}

/** Spreadsheets write columns that had something once: they have neither a name nor anything in a row. */
function withoutEmptyColumns(rows: readonly Row[]): readonly Row[] {
  const isEmpty = rows[0]?.record.map((name) => name.trim() === "") ?? [];
  if (!isEmpty.includes(true)) {
    return rows;
  }
  for (const { record } of rows) {
    record.forEach((text, index) => (isEmpty[index] &&= text.trim() === ""));
  }
  return rows.map(({ record, line }) => ({ record: record.filter((_, index) => isEmpty[index] !== true), line }));
}

type FlawOfLine = Omit<Flaw, "position" | "way">;

function flawsOfHeader(header: readonly string[], columns: ReadonlyMap<string, Cell>): FlawOfLine[] {
  if (header.length > COLUMNS_AT_MOST) {
    const reason = `has ${header.length} columns, and at most ${COLUMNS_AT_MOST} are read`;
    return [{ value: header, reason, fix: "leave out those that are none of a broker's options" }];
  }
  const seen = new Set<string>();
  const flaws = header.flatMap((name): FlawOfLine[] => {
    if (!columns.has(name)) {
      const fix = suggest(name, [...columns.keys()]);
      return [{ value: name, reason: "is no column here", fix, kind: "unknown-property" }];
    }
    return seen.size === seen.add(name).size
      ? [{ value: name, reason: "is a column already", fix: "leave one of the two out", kind: "duplicate" }]
      : [];
  });
  const reason = "has no column address";
  return header.includes("address")
    ? flaws
    : [...flaws, { value: header, reason, fix: "name the columns in it, address among them", kind: "required" }];
}

function flawOfRow(row: readonly string[], header: readonly string[], separator: string): FlawOfLine {
  const name = SEPARATORS.get(separator) ?? "";
  return {
    value: row,
    reason: `has not as many cells as the first row, which has ${header.length}`,
    fix: `put a cell with a ${name} in quotes, and keep the ${name}s of empty cells`,
  };
}

/** The columns that there may be, and where: the last of each. */
function cellsIn(
  header: readonly string[],
  columns: ReadonlyMap<string, Cell>,
): ReadonlyMap<string, { readonly index: number; readonly cell: Cell }> {
  return new Map(
    header.flatMap((column, index) => {
      const cell = columns.get(column);
      return cell === undefined ? [] : [[column, { index, cell }] as const];
    }),
  );
}

function toBroker(row: readonly string[], cells: ReturnType<typeof cellsIn>): object {
  const broker: Record<string, unknown> = {};
  const inner: Record<string, Record<string, unknown>> = {};
  for (const [column, { index, cell }] of cells) {
    const text = row[index] ?? "";
    if (text === "") {
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
    case "true or false":
      return text === "true" || (text === "false" ? false : text);
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

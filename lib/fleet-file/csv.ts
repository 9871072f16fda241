import { CsvError, type Info, parse } from "csv-parse/sync";
import { suggest } from "../errors";
import type { Flaw, LocatedText } from "../located-text/located-text";

/** The type of the value that the text of a cell becomes. */
export type Cell = "text" | "number" | "list" | "true or false" | "text or false";

/** The separators of cells. No column has one in its name, so the first row shows which one a file uses. */
const SEPARATORS: ReadonlyMap<string, string> = new Map([
  [",", "comma"],
  [";", "semicolon"],
  ["\t", "tab"],
]);

/** There are some 25 columns. Each unknown column is a problem, so their number is limited. */
const COLUMNS_AT_MOST = 1000;

/** The line before the first row in which spreadsheets declare the separator. */
const DECLARED_SEPARATOR = /^"?sep=([,;\t])"?(?=\n)/i;

/**
 * Reads CSV (RFC 4180), whose first row names the columns. Cells are separated by commas, tabs or semicolons; spreadsheets use
 * semicolons if numbers have a decimal comma.
 *
 * @param columns all known columns; one with a dot, such as `subject.country`, belongs to an object
 */
export function readCsv(text: string, columns: ReadonlyMap<string, Cell>): LocatedText {
  const given = text.replace(/\r\n?/g, "\n");
  const lines = given.replace(DECLARED_SEPARATOR, "");
  const separator = DECLARED_SEPARATOR.exec(given)?.[1] ?? /[,;\t]/.exec(/^.+/m.exec(lines)?.[0] ?? "")?.[0] ?? ",";
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

/** A row, and the line on which it begins. */
interface Row {
  readonly record: readonly string[];
  readonly line: number;
}

/**
 * All rows, of any length: the caller checks their lengths, to report all flaws at once. Rows of empty cells, which spreadsheets
 * write, are skipped.
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
  // The parser reports the line where a row ends; its types lack that.
  return (rows as { record: string[]; info: Info }[]).map(({ record, info }) => ({
    record,
    line: info.lines - record.join("").split("\n").length + 1,
  }));
}

/** Drops columns without a name and without a value, which spreadsheets write. */
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
    const reason = `has ${header.length} columns, but at most ${COLUMNS_AT_MOST} are read`;
    return [{ value: header, reason, fix: "leave out the columns that are not options of a broker" }];
  }
  const seen = new Set<string>();
  const flaws = header.flatMap((name): FlawOfLine[] => {
    if (!columns.has(name)) {
      const fix = suggest(name, [...columns.keys()]);
      return [{ value: name, reason: "is not a known column", fix, kind: "unknown-property" }];
    }
    return seen.size === seen.add(name).size
      ? [{ value: name, reason: "is already a column", fix: "leave one of the two out", kind: "duplicate" }]
      : [];
  });
  const reason = "has no column address";
  return header.includes("address")
    ? flaws
    : [...flaws, { value: header, reason, fix: "name the columns in it, including address", kind: "required" }];
}

function flawOfRow(row: readonly string[], header: readonly string[], separator: string): FlawOfLine {
  const name = SEPARATORS.get(separator) ?? "";
  return {
    value: row,
    reason: `does not have as many cells as the first row, which has ${header.length}`,
    fix: `put a cell with a ${name} in quotes, and keep the ${name}s of empty cells`,
  };
}

/** The known columns of a file, each with its last index. */
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

/** A text of the wrong type stays text, and the schema refuses it. */
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
  ["CSV_INVALID_CLOSING_QUOTE", "has text after its closing quote"],
  ["INVALID_OPENING_QUOTE", "has a quote in the middle"],
  ["CSV_QUOTE_NOT_CLOSED", "has no closing quote"],
]);

function flawOfQuotes(text: string, error: CsvError): Flaw {
  // The parser counts the bytes up to the end of the previous cell or row.
  const before = Buffer.from(text).toString("utf8", 0, Number(error["bytes"]));
  const blankLines = /^\n*/.exec(text.slice(before.length))?.[0] ?? "";
  return {
    position: { line: `${before}${blankLines}`.split("\n").length },
    way: [],
    reason: QUOTES.get(error.code) ?? "is not a cell",
    fix: 'put the whole cell in quotes, and write "" for a quote inside it',
  };
}

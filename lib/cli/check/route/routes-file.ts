import { parse } from "csv-parse/sync";
import { textOf } from "../../../values/text-file";
import { InputError } from "../../input-error";
import { parseJson, property } from "../../read/json";
import { spelling } from "../../read/names";
import { isDialable, parsePort, type Place } from "./place";

const FIX = "write CSV with the columns address, host and port, or a JSON list of objects with these members";

/**
 * Where to dial brokers, by their addresses: for more brokers than fit on a command line.
 *
 * @param path the file: JSON if its name ends in `.json`, otherwise CSV with a header
 * @throws InputError for the first row that is not valid
 */
export function readRoutes(path: string, bytes: Uint8Array): Map<string, Place> {
  const rows = /\.json$/i.test(path) ? rowsOfJson(path, bytes) : rowsOfCsv(path, bytes);
  return new Map(
    rows.map((row, index) => {
      const refuse = (reason: string): InputError => new InputError(path, `has ${reason} in row ${index + 1}`, FIX);
      const [address, host] = [textIn(row, "address"), textIn(row, "host")];
      const digits = textIn(row, "port");
      const port = digits === undefined ? undefined : parsePort(digits);
      if (address === undefined) {
        throw refuse("no address");
      }
      if (host === undefined && digits === undefined) {
        throw refuse("neither a host nor a port");
      }
      if (host !== undefined && !isDialable(host)) {
        throw refuse("an invalid host");
      }
      if (digits !== undefined && port === undefined) {
        throw refuse("an invalid port");
      }
      return [spelling(address), { ...(host !== undefined && { host }), ...(port !== undefined && { port }) }] as const;
    }),
  );
}

function rowsOfJson(path: string, bytes: Uint8Array): readonly unknown[] {
  const rows = parseJson(path, bytes, FIX);
  if (!Array.isArray(rows)) {
    throw new InputError(path, "is not a list", FIX);
  }
  return rows;
}

function rowsOfCsv(path: string, bytes: Uint8Array): readonly unknown[] {
  const text = textOf(bytes);
  if (text === undefined) {
    throw new InputError(path, "has an unknown encoding", FIX);
  }
  try {
    return parse(text, { columns: true, skip_empty_lines: true, trim: true });
  } catch {
    throw new InputError(path, "is not CSV with a header", FIX);
  }
}

/** Undefined if the value is missing or empty. */
function textIn(row: unknown, member: string): string | undefined {
  const value = property(row, member);
  return typeof value === "number" ? String(value) : typeof value === "string" && value !== "" ? value : undefined;
}

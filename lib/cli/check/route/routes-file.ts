import { parse } from "csv-parse/sync";
import { textOf } from "../../../values/text-file";
import { InputError } from "../../input-error";
import { parseJson, property } from "../../read/json";
import { spelling } from "../../read/names";
import { isDialable, parsePort, type Place } from "./place";

const FIX =
  'write CSV with the columns address, host and port, or a JSON list of objects with these; "--help" tells more';

/**
 * Where brokers are dialled, by their addresses: for more than a command line has room for.
 *
 * @param path the file: JSON where it is called so, and else CSV with a header
 * @throws InputError for the first row that is not as it should be
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
        throw refuse("a host that cannot be dialled");
      }
      if (digits !== undefined && port === undefined) {
        throw refuse("a port that is none");
      }
      return [spelling(address), { ...(host !== undefined && { host }), ...(port !== undefined && { port }) }] as const;
    }),
  );
}

function rowsOfJson(path: string, bytes: Uint8Array): readonly unknown[] {
  const rows = parseJson(path, bytes, FIX);
  if (!Array.isArray(rows)) {
    throw new InputError(path, "is no list", FIX);
  }
  return rows;
}

function rowsOfCsv(path: string, bytes: Uint8Array): readonly unknown[] {
  const text = textOf(bytes);
  if (text === undefined) {
    throw new InputError(path, "is in an encoding that is not known here", FIX);
  }
  try {
    return parse(text, { columns: true, skip_empty_lines: true, trim: true });
  } catch {
    throw new InputError(path, "is no CSV with a header", FIX);
  }
}

/** Undefined where there is nothing. */
function textIn(row: unknown, member: string): string | undefined {
  const value = property(row, member);
  return typeof value === "number" ? String(value) : typeof value === "string" && value !== "" ? value : undefined;
}

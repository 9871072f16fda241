import { withoutCommands } from "../../errors";

/** Writes a text of a plan as code: it cannot be markup, a mention, a reference, the end of a cell, or a command in a log. */
export function code(text: string): string {
  // In a table, a backslash before a pipe would escape the one that escapes the pipe.
  const cell = withoutCommands(text).replace(/(\\*)\|/g, "$1$1\\|");
  return text === "" ? "" : `\`${cell.replaceAll("`", "ˋ")}\``;
}

const KEY_TYPE = /^(RSA \d+|ECDSA P-\d+|Ed25519|unknown)$/;
const ACTIONS = /^((no-op|read|create|update|delete|forget|import)(, (?=\w)|$))+$/;

/** Writes a known text, which is a key type or an engine's action, as plain text, and any other as code. */
export function plain(text: string): string {
  return KEY_TYPE.test(text) || ACTIONS.test(text) ? text : code(text);
}

/** A row of a table. */
export function rowOf(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

/** The header of a table. */
export function headOf(columns: readonly string[]): string[] {
  return [rowOf(columns), rowOf(columns.map(() => "---"))];
}

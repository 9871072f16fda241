import { withoutCommands } from "../../errors";

/** A text of a plan in a page: no markup, no mention of a person, no reference, no end of a cell, and no command in a log. */
export function code(text: string): string {
  // In a table, a backslash before a pipe would escape the one that escapes the pipe.
  const cell = withoutCommands(text).replace(/(\\*)\|/g, "$1$1\\|");
  return text === "" ? "" : `\`${cell.replaceAll("`", "ˋ")}\``;
}

const KEY_TYPE = /^(RSA \d+|ECDSA P-\d+|Ed25519|unknown)$/;
const ACTIONS = /^((no-op|read|create|update|delete|forget|import)(, (?=\w)|$))+$/;

/** A text of a closed list as it is, that is a kind of key, or what an engine does with a resource; any other as code. */
export function plain(text: string): string {
  return KEY_TYPE.test(text) || ACTIONS.test(text) ? text : code(text);
}

/** A line of a table. */
export function rowOf(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

/** The first lines of a table. */
export function headOf(columns: readonly string[]): string[] {
  return [rowOf(columns), rowOf(columns.map(() => "---"))];
}

/** A text of a plan in a page: no markup, no mention of a person, no reference, and no end of a cell. */
export function code(text: string): string {
  // In a table, a backslash before a pipe would escape the one that escapes the pipe.
  const cell = text.replace(/(\\*)\|/g, "$1$1\\|");
  return text === "" ? "" : `\`${cell.replaceAll("`", "ˋ")}\``;
}

/** A line of a table. */
export function rowOf(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

/** The first lines of a table. */
export function headOf(columns: readonly string[]): string[] {
  return [rowOf(columns), rowOf(columns.map(() => "---"))];
}

/** A text of a plan in a page: no markup, no mention of a person, no reference, and no end of a cell. */
export function code(text: string): string {
  // In a table, a backslash before a pipe would escape the one that escapes the pipe.
  const cell = text.replace(/(\\*)\|/g, "$1$1\\|");
  return text === "" ? "" : `\`${cell.replaceAll("`", "ˋ")}\``;
}

/** A text of a plan that is words alone, as a date or a kind of key mostly is; as code where it is not. */
export function plain(text: string): string {
  return /^[A-Za-z0-9 ,-]*$/.test(text) ? text : code(text);
}

/** A line of a table. */
export function rowOf(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

/** The first lines of a table. */
export function headOf(columns: readonly string[]): string[] {
  return [rowOf(columns), rowOf(columns.map(() => "---"))];
}

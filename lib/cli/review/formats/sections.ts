/** A part of a page made of rows. The page may not have room for all of them. */
export interface Section {
  /** The rows; those left out are counted by {@link Row.what}. */
  readonly rows: readonly Row[];
  /** The lines before the rows; left out if there is no row. */
  readonly open: readonly string[];
  /** The lines after the rows. */
  readonly close: readonly string[];
}

export interface Row {
  readonly text: string;
  /** The name of what the row shows, such as `other resource` or a kind. */
  readonly what: string;
  /**
   * The number of these that the row stands for.
   * @default 1
   */
  readonly count?: number;
}

/** The rows that fit, and the count of the others. */
export interface Fitted {
  readonly lines: readonly string[];
  /** The number left out, by {@link Row.what}. */
  readonly omitted: Readonly<Record<string, number>>;
}

/**
 * Takes as many rows as fit, from the first on. No row is cut, and each opened section is closed.
 *
 * @param room the limit in bytes of UTF-8, with a line feed after each line
 */
export function fit(sections: readonly Section[], room: number): Fitted {
  const lines: string[] = [];
  let left: Row[] = [];
  let free = room;
  for (const { rows, open, close } of sections) {
    const taken = left.length > 0 ? 0 : countFitting(rows, free - bytesOf(open) - bytesOf(close));
    left = left.concat(rows.slice(taken));
    if (taken > 0) {
      const section = [...open, ...rows.slice(0, taken).map(({ text }) => text), ...close];
      lines.push(...section);
      free -= bytesOf(section);
    }
  }
  return { lines, omitted: countByWhat(left) };
}

function countFitting(rows: readonly Row[], room: number): number {
  let free = room;
  const next = rows.findIndex(({ text }) => {
    free -= bytesOf([text]);
    return free < 0;
  });
  return next === -1 ? rows.length : next;
}

export function countByWhat(rows: readonly Row[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { what, count = 1 } of rows) {
    counts[what] = (counts[what] ?? 0) + count;
  }
  return counts;
}

export function bytesOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
}

/** A part of a page that is made of rows, of which there may be more than the page has room for. */
export interface Section {
  /** What one row is, as `other resource`, or a kind: what is left out is counted by it. */
  readonly rows: readonly Row[];
  /** The lines before its rows; none of them where there is no row. */
  readonly open: readonly string[];
  /** The lines after its rows. */
  readonly close: readonly string[];
}

export interface Row {
  readonly text: string;
  /** What it is one of. */
  readonly what: string;
  /**
   * Of how many of these it tells.
   * @default 1
   */
  readonly count?: number;
}

/** What there was room for, and what not. */
export interface Fitted {
  readonly lines: readonly string[];
  /** How many rows of what were left out. */
  readonly omitted: Readonly<Record<string, number>>;
}

/**
 * As many rows as there is room for, from the first on. None is cut, and each section that is opened is closed.
 *
 * @param room in bytes of UTF-8, with a line feed after each line
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

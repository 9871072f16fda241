import type { Position } from "../../located-text/located-text";

/** A place in a file. */
export interface FilePlace extends Position {
  /** The path as the user named it. */
  readonly file: string;
}

/**
 * Parses a place that {@link place} of located texts wrote.
 *
 * @param text `mqtt-pki.yaml:7:5`, or `brokers.csv:3` without a column
 */
export function placeIn(text: string): FilePlace {
  const [, file = text, line = "1", col] = /^(.*?):(\d+)(?::(\d+))?$/s.exec(text) ?? [];
  return { file, line: Number(line), ...(col !== undefined && { col: Number(col) }) };
}

import type { Position } from "../../located-text/located-text";

/** A place in a file. */
export interface FilePlace extends Position {
  /** As its user named it. */
  readonly file: string;
}

/**
 * The place that a text tells, as {@link place} of located texts writes it.
 *
 * @param text `mqtt-pki.yaml:7:5`, or without a column `brokers.csv:3`
 */
export function placeIn(text: string): FilePlace {
  const [, file = text, line = "1", col] = /^(.*?):(\d+)(?::(\d+))?$/s.exec(text) ?? [];
  return { file, line: Number(line), ...(col !== undefined && { col: Number(col) }) };
}

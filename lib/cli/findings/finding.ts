import type { FilePlace } from "../declared/file-place";
import type { Rules } from "../rules/rule";

/**
 * How much a finding matters:
 *
 * - error: it is why the exit status is 1;
 * - warning: someone has to look at it;
 * - note: it is to be known;
 * - none: all is as it should be.
 */
export type Level = "error" | "warning" | "note" | "none";

/** The gravest first. */
export const LEVELS: readonly Level[] = ["error", "warning", "note", "none"];

/** What a command finds, as CI systems have it. */
export interface Finding {
  /** The rule of one's own that is broken, `rules/no-outage`, or the kind that is found, `review/removed`. */
  readonly id: string;
  readonly level: Level;
  /** The certificate, as a person calls it; null where it is of several together, or of none. */
  readonly address: string | null;
  /** The resource, or the file, that has it; null likewise. */
  readonly location: string | null;
  /** What is found, in words. */
  readonly message: string;
  /** Where the certificate is declared; undefined where that is not found. */
  readonly declared?: FilePlace | undefined;
  /** Where the rule stands. */
  readonly rule?: FilePlace;
  /** What lets a rule be broken, in words. */
  readonly waiver?: string;
}

/** `mqtt-1.example.com: removed: …` */
export function textOf({ address, message, waiver }: Finding): string {
  const text = address === null ? message : `${address}: ${message}`;
  return waiver === undefined ? text : `${text}; ${waiver}`;
}

/** All that a command finds, the gravest first. */
export interface Findings {
  readonly command: string;
  /** Of this package; undefined where it is not known. */
  readonly version: string | undefined;
  /** To which it was held. */
  readonly rules: Rules | undefined;
  readonly all: readonly Finding[];
  /** For those that have no place. */
  readonly fallback: FilePlace;
}

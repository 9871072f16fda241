import type { FilePlace } from "../declared/file-place";
import type { Rules } from "../rules/rule";

/**
 * The importance of a finding:
 *
 * - error: the exit status is 1 because of it;
 * - warning: someone must look at it;
 * - note: for information;
 * - none: everything is fine.
 */
export type Level = "error" | "warning" | "note" | "none";

/** All levels, the most severe first. */
export const LEVELS: readonly Level[] = ["error", "warning", "note", "none"];

/** A finding of a command, in the form that CI systems read. */
export interface Finding {
  /** The rule that is broken, `rules/no-outage`, or the kind that is found, `review/removed`. */
  readonly id: string;
  readonly level: Level;
  /** The name of the certificate; null if the finding concerns several together, or none. */
  readonly address: string | null;
  /** The resource or the file that contains it; null if {@link address} is null. */
  readonly location: string | null;
  /** The finding in words. */
  readonly message: string;
  /** The place where the certificate is declared; undefined if it is not found. */
  readonly declared?: FilePlace | undefined;
  /** The place of the rule. */
  readonly rule?: FilePlace;
  /** The waiver that permits the violation, in words. */
  readonly waiver?: string;
}

/** `mqtt-1.example.com: removed: …` */
export function textOf({ address, message, waiver }: Finding): string {
  const text = address === null ? message : `${address}: ${message}`;
  return waiver === undefined ? text : `${text}; ${waiver}`;
}

/** All findings of a command, the most severe first. */
export interface Findings {
  readonly command: string;
  /** The version of this package; undefined if it is not known. */
  readonly version: string | undefined;
  /** The rules that were checked. */
  readonly rules: Rules | undefined;
  readonly all: readonly Finding[];
  /** The place of findings that have none. */
  readonly fallback: FilePlace;
}

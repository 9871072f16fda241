import type { Sentence } from "../review/sentence";
import type { Level } from "./rule";

/** A rule that is broken. */
export interface Violation {
  /** The rule's name. */
  readonly rule: string;
  readonly level: Level;
  /** The certificate, as a person calls it; null where it is of several together. */
  readonly address: string | null;
  /** The resource, or the file, that has it; null likewise. */
  readonly location: string | null;
  /** What is found, as the rest of a sentence. */
  readonly message: Sentence;
  /** Where the rule stands: file, line and column. */
  readonly place: string;
  /** Where the certificate is declared: file, line and, but in CSV, column; null where that is not found. */
  readonly declared: string | null;
  /** What lets it be broken, or did so until its end; null where nothing does. */
  readonly waiver: WaiverOfViolation | null;
}

export interface WaiverOfViolation {
  readonly owner: string;
  readonly reason: string;
  /** The last day, in UTC: `2027-03-31`. */
  readonly until: string;
  readonly isOver: boolean;
}

/** Whether it is one to stop for. */
export function isFailure({ level, waiver }: Pick<Violation, "level" | "waiver">): boolean {
  return level === "fail" && (waiver === null || waiver.isOver);
}

import type { Sentence } from "../review/sentence";
import type { Level } from "./rule";

/** A violation of a rule. */
export interface Violation {
  /** The rule's name. */
  readonly rule: string;
  /** Whether the rule fails the command, or only warns. */
  readonly level: Level;
  /** The name of the certificate; null if the violation concerns several together. */
  readonly address: string | null;
  /** The resource or the file that contains it; null if {@link address} is null. */
  readonly location: string | null;
  /** The violation, as the rest of a sentence about the certificate. */
  readonly message: Sentence;
  /** The place of the rule: file, line and column. */
  readonly place: string;
  /** The place where the certificate is declared: file, line and, except in CSV, column; null if it is not found. */
  readonly declared: string | null;
  /** The waiver that permits the violation, or did so until it expired; null if there is none. */
  readonly waiver: WaiverOfViolation | null;
}

/** A waiver that permits a violation. */
export interface WaiverOfViolation {
  /** The person or team responsible for the waiver. */
  readonly owner: string;
  /** Why the violation is permitted. */
  readonly reason: string;
  /** The last day, in UTC: `2027-03-31`. */
  readonly until: string;
  /** Whether the waiver has expired. */
  readonly isOver: boolean;
}

/** Whether the exit status is 1 because of the violation. */
export function isFailure({ level, waiver }: Pick<Violation, "level" | "waiver">): boolean {
  return level === "fail" && (waiver === null || waiver.isOver);
}

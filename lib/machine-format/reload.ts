/** When a broker's command is due, as data: the plan, the program that issues and the command line share it. */

/** What was run last for a broker. All is text. */
export interface ReloadRecord {
  /** When a plan decided on it, and why. */
  readonly token: string;
  /** The token of the broker's files for which it succeeded. */
  readonly of: string;
}

/** Of the brokers, by their folders. */
export interface ReloadRecords {
  readonly reloads: Readonly<Record<string, ReloadRecord>>;
}

export const RELOAD_RECORD_FIELDS = ["token", "of"] as const satisfies readonly (keyof ReloadRecord)[];

/** What asks whether a command is to be run for files for which it has not succeeded yet. */
export type ReloadFact =
  /** The same plan makes them. */
  "made" | "there";

export interface ReloadRule {
  readonly when: ReloadFact;
  /** For a reviewer. */
  readonly words: string;
}

/** In the order in which they are asked. */
export const RELOAD_RULES: readonly ReloadRule[] = [
  { when: "made", words: "its files change" },
  { when: "there", words: "it failed before, or was never run" },
];

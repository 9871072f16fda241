/** The rules for reload commands, as data: the plan, the program that issues and the command line share them. */

/** The record of a broker's last run. Each field is text. */
export interface ReloadRecord {
  /** The time of the plan that decided on the run, and the words of the rule. */
  readonly token: string;
  /** The token of the broker's files for which the command succeeded. */
  readonly of: string;
}

/** The records of all brokers, by folder. */
export interface ReloadRecords {
  readonly reloads: Readonly<Record<string, ReloadRecord>>;
}

export const RELOAD_RECORD_FIELDS = ["token", "of"] as const satisfies readonly (keyof ReloadRecord)[];

/** The facts about files for which the command has not succeeded yet. */
export type ReloadFact =
  /** The same plan makes the files. */
  "made" | "there";

export interface ReloadRule {
  readonly when: ReloadFact;
  /** The words for a reviewer. */
  readonly words: string;
}

/** The rules, in order: the first one that holds decides. */
export const RELOAD_RULES: readonly ReloadRule[] = [
  { when: "made", words: "its files change" },
  { when: "there", words: "it failed before, or was never run" },
];

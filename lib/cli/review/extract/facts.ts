import type { CertificateChange } from "../certificate-change";

/** What becomes of a certificate. */
export type Fate = "kept" | "recorded" | "rescheduled" | "made" | "remade" | "removed" | "forgotten" | "untold";

/** What a new certificate of an authority is to clients that trust what was there. */
export type Standing =
  /** None was there. */
  | "first"
  /** It is beside one that stays. */
  | "further"
  /** It is in place of one, which they know by another name or key. */
  | "other"
  /** It has the name and the key that they know. */
  | "same"
  /** It is below the one that they know. */
  | "below";

/** What a certificate says otherwise than before. */
export interface Differences {
  /** Undefined where it cannot be told. */
  readonly names: boolean | undefined;
  readonly subject: boolean;
  readonly usage: boolean;
}

/** What a plan tells of one certificate, before and after, whatever makes it: all that its kinds follow from. */
export interface Facts extends Omit<CertificateChange, "kinds"> {
  readonly fate: Fate;
  /** Of an authority that is made, or made anew; of one below the root where clients trust the same root. */
  readonly standing?: Standing;
  readonly differences: Differences;
  readonly isDue: boolean;
  /** Whether it is signed anew for another reason than its end, and what is declared of it. */
  readonly isReissued: boolean;
  /** Whether it is as a deployment made it that was stopped, of which the plan does not tell what it did. */
  readonly isFinished?: boolean;
}

export const NO_DIFFERENCE: Differences = { names: false, subject: false, usage: false };

/** Whether anything happens to it. */
export function isChanged({ fate, renamedFrom }: Facts): boolean {
  return fate !== "kept" || renamedFrom !== undefined;
}

import type { CertificateChange } from "../certificate-change";

/** What happens to a certificate. */
export type Fate = "kept" | "recorded" | "rescheduled" | "made" | "remade" | "removed" | "forgotten" | "untold";

/** The relation of an authority's new certificate to what clients trust already. */
export type Standing =
  /** There was no authority. */
  | "first"
  /** It is added next to an authority that stays. */
  | "further"
  /** It replaces an authority that has another name or key. */
  | "other"
  /** It has the name and the key that clients trust. */
  | "same"
  /** It is below the authority that clients trust. */
  | "below";

/** The differences between the old and the new certificate. */
export interface Differences {
  /** Undefined if it is not known. */
  readonly names: boolean | undefined;
  readonly subject: boolean;
  readonly usage: boolean;
}

/** The facts about one certificate in a plan, before and after, in either custody. Its kinds follow from them. */
export interface Facts extends Omit<CertificateChange, "kinds"> {
  readonly fate: Fate;
  /** Set for a new or re-made authority, and for an intermediate one if clients trust the same root. */
  readonly standing?: Standing;
  readonly differences: Differences;
  readonly isDue: boolean;
  /** Whether it is signed again for a reason other than its expiry or its declaration. */
  readonly isReissued: boolean;
  /** Whether an interrupted deployment made it, and the plan does not say what that did. */
  readonly isFinished?: boolean;
}

export const NO_DIFFERENCE: Differences = { names: false, subject: false, usage: false };

/** Whether anything happens to the certificate. */
export function isChanged({ fate, renamedFrom }: Facts): boolean {
  return fate !== "kept" || renamedFrom !== undefined;
}

import { describeRefusal, isOfOneKind, type Refusal } from "../../x509/strictness/refusal";

/** Why a client refuses a certificate, or why it might: as the rest of "a certificate that …". */
export interface Reason {
  readonly text: string;
  /** Whether every client refuses it. If false, some clients may accept it. */
  readonly isCertain: boolean;
}

export function certain(text: string): Reason {
  return { text, isCertain: true };
}

export function doubtful(text: string): Reason {
  return { text, isCertain: false };
}

/** A refusal by only one kind of client is not certain: it depends on the client. */
export function reasonOf(refusal: Refusal): Reason {
  return isOfOneKind(refusal) ? doubtful(describeRefusal(refusal)) : certain(describeRefusal(refusal));
}

/** The verdict of reasons: whether clients accept a certificate, or null if that cannot be determined. */
export function judgement(reasons: readonly Reason[]): {
  readonly accepted: boolean | null;
  readonly reasons: readonly string[];
} {
  const isRefused = reasons.some(({ isCertain }) => isCertain);
  return { accepted: isRefused ? false : reasons.length > 0 ? null : true, reasons: reasons.map(({ text }) => text) };
}

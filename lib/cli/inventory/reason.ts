import { describeRefusal, isOfOneKind, type Refusal } from "../../x509/strictness/refusal";

/** Why a client refuses a certificate, or why it might: as the rest of "a certificate that …". */
export interface Reason {
  readonly text: string;
  /** Whether it does refuse it. Else nothing is known. */
  readonly isCertain: boolean;
}

export function certain(text: string): Reason {
  return { text, isCertain: true };
}

export function doubtful(text: string): Reason {
  return { text, isCertain: false };
}

/** What one kind of clients alone refuses is not certain: it hangs on the client. */
export function reasonOf(refusal: Refusal): Reason {
  return isOfOneKind(refusal) ? doubtful(describeRefusal(refusal)) : certain(describeRefusal(refusal));
}

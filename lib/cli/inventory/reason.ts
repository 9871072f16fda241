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

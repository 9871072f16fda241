/** What happens to a certificate: it stays, it is the first of its broker, it is another afterwards, or it is no more. */
export type Fate = "stays" | "comes" | "changes" | "goes";

/** What rules judge of a certificate, whichever command has it. What is not known is left out, and breaks no rule. */
export interface Judged {
  /** What a person calls it. */
  readonly address: string;
  readonly isAuthority: boolean;
  /** What the command says of it: the kinds of its own. */
  readonly kinds: readonly string[];
  readonly fate: Fate;
  /** The subject alternative names that it has, or will have. */
  readonly names?: readonly string[];
  /** `ECDSA P-256` */
  readonly keyType?: string;
  /** The common name of who signs. */
  readonly issuer?: string;
  /** RFC 3339, in UTC. */
  readonly notBefore?: string;
  /** As {@link notBefore}. */
  readonly notAfter?: string;
  /** The resource, or the file, that has it. */
  readonly location: string;
}

/** Whether who relies on it may notice. */
export function isChanged({ fate }: Judged): boolean {
  return fate === "changes" || fate === "goes";
}

/** What happens to a certificate: it stays, is the first of its broker (comes), is replaced (changes), or is removed (goes). */
export type Fate = "stays" | "comes" | "changes" | "goes";

/** What rules check of a certificate, in all commands. Unknown values are left out, and break no rule. */
export interface Judged {
  /** The name that people use. */
  readonly address: string;
  readonly isAuthority: boolean;
  /** The kinds that the command found. */
  readonly kinds: readonly string[];
  readonly fate: Fate;
  /** The subject alternative names, after a plan if there is one. */
  readonly names?: readonly string[];
  /** `ECDSA P-256` */
  readonly keyType?: string;
  /** The common name of the authority that signs. */
  readonly issuer?: string;
  /** RFC 3339, in UTC. */
  readonly notBefore?: string;
  /** As {@link notBefore}. */
  readonly notAfter?: string;
  /** The resource or the file that contains it. */
  readonly location: string;
}

/** Whether someone who relies on the certificate may notice. */
export function isChanged({ fate }: Judged): boolean {
  return fate === "changes" || fate === "goes";
}

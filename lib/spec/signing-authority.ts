import type { Address } from "../values/address";
import type { Custody } from "../values/custody";
import type { DistinguishedName } from "../values/distinguished-name";

/** What must be known of an authority to ask it for a server certificate. */
export interface SigningAuthority {
  /** Where its key lives, and the keys of the certificates that it signs. */
  readonly custody: Custody;
  /** The DNS domains that it may certify, in the order of their text; undefined where it may certify any name. */
  readonly permittedDomains: readonly string[] | undefined;

  /** Whether servers take the certificates of clients that it signs: not where it is for servers alone. */
  readonly mayCertifyClients: boolean;

  /** SubjectPublicKeyInfo, as `openssl pkey -pubout` writes it; undefined where its key is not made yet. */
  readonly publicKeyPem: string | undefined;

  /** Whether clients take a certificate of its for that address. */
  permits(address: Address): boolean;

  /** Whether its own certificate has that subject. */
  isNamed(subject: DistinguishedName): boolean;

  /** Why a certificate of that length would outlive its own, as the rest of a sentence; undefined where it would not. */
  flawOfDuration(durationHours: number): string | undefined;
}

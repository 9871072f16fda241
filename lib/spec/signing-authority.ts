import type { Address } from "../values/address";
import type { Custody } from "../values/custody";
import type { DistinguishedName } from "../values/distinguished-name";

/** The facts about an authority that a server certificate is checked against. */
export interface SigningAuthority {
  /** Where the authority's key, and the keys of the certificates that it signs, live. */
  readonly custody: Custody;
  /** The DNS domains that the authority may certify, sorted; undefined if it may certify any name. */
  readonly permittedDomains: readonly string[] | undefined;

  /** Whether verifiers accept client certificates that the authority signs: not if it is only for servers. */
  readonly mayCertifyClients: boolean;

  /** SubjectPublicKeyInfo, as `openssl pkey -pubout` writes it; undefined if the key is not made yet. */
  readonly publicKeyPem: string | undefined;

  /** Whether the authority may certify an address. */
  permits(address: Address): boolean;

  /** Whether the authority's certificate has that subject. */
  isNamed(subject: DistinguishedName): boolean;

  /** Why a certificate of that duration would outlive the authority's, as the rest of a sentence; undefined if it would not. */
  flawOfDuration(durationHours: number): string | undefined;
}

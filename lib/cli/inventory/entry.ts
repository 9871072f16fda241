import type { Violation } from "../rules/violation";

/** A certificate of an inventory. All texts may be shown. */
export interface Entry {
  /** The state or directory that it is in, as the user named it. */
  readonly source: string;
  /** The resource, output or file that has it; with `#2` and so on for those after the first that is there. */
  readonly location: string;
  readonly kind: "authority" | "broker";
  /** A broker's first name, or else its common name; an authority's common name. */
  readonly address: string;
  /** The subject alternative names, addresses of IPv6 as RFC 5952 has them. */
  readonly names: readonly string[];
  /** Hexadecimal, in upper case; null where the certificate is not there to be read, as with all that may be null. */
  readonly serialNumber: string | null;
  /** SHA-256, in hexadecimal, in upper case, with colons. */
  readonly fingerprint: string | null;
  /** The SHA-256 of its public key (SubjectPublicKeyInfo), likewise. */
  readonly keyFingerprint: string | null;
  /** The same as curl and RFC 7469 have it: `sha256//` and base64. */
  readonly keyPin: string | null;
  /** What Tasmota knows the key by (`MqttFingerprint`); null also of a key that it does not take. */
  readonly tasmotaFingerprint: string | null;
  /** `RSA 2048`, `ECDSA P-256`, `Ed25519` */
  readonly keyType: string | null;
  /**
   * What it is for, by its extended key usage: `server`, `client`, or the OID of another purpose; empty where it is for all.
   */
  readonly usages: readonly string[];
  /** An authority's own number, where there are several in turn and the layout tells. */
  readonly generation: number | null;
  readonly issuer: Issuer | null;
  /** RFC 3339, in UTC. */
  readonly notBefore: string | null;
  /** As {@link notBefore}. */
  readonly notAfter: string | null;
  /** From when on a deployment renews it, as {@link notBefore}; null where the source does not tell. */
  readonly renewsAt: string | null;
  /** Whether the times come from what a deployment was told to do, and not from a certificate. */
  readonly estimated: boolean;
  /** Whole days of 24 hours, negative from the end on. */
  readonly daysLeft: number | null;
  /** Whether a client that trusts ca.pem would accept it now; null where that cannot be known. */
  readonly accepted: boolean | null;
  /** Why not, or why it cannot be known. */
  readonly reasons: readonly string[];
}

/** Who signed a certificate. */
export interface Issuer {
  readonly commonName: string;
  /** As an authority's own. */
  readonly generation: number | null;
  /** Whether an authority of the same source has the key that the signature was made with. Else it is the certificate's word. */
  readonly verified: boolean;
}

/** Something that was to be a certificate. */
export interface Unreadable {
  readonly source: string;
  readonly location: string;
  readonly reason: string;
}

/** All that was found, each certificate once a source: authorities first. */
export interface Inventory {
  /** RFC 3339: the time for which it holds. */
  readonly time: string;
  readonly certificates: readonly Entry[];
  readonly unreadable: readonly Unreadable[];
  /** The rules of one's own that they break. */
  readonly violations: readonly Violation[];
}

import type { Violation } from "../rules/violation";

/** A certificate of an inventory. All texts may be shown. */
export interface Entry {
  /** The state or directory that holds it, as the user named it. */
  readonly source: string;
  /** The resource, output or file that holds it; a later certificate in the same place has the suffix `#2` and so on. */
  readonly location: string;
  /** Whether it signs others, or a broker presents it. */
  readonly kind: "authority" | "broker";
  /** A broker's first name, or its common name if it has none; an authority's common name. */
  readonly address: string;
  /** The subject alternative names; IPv6 addresses are written as in RFC 5952. */
  readonly names: readonly string[];
  /** Hexadecimal, in upper case. This and the other nullable fields are null if the certificate itself is not available. */
  readonly serialNumber: string | null;
  /** SHA-256, in hexadecimal, in upper case, with colons. */
  readonly fingerprint: string | null;
  /** The SHA-256 of its public key (SubjectPublicKeyInfo), in the same form. */
  readonly keyFingerprint: string | null;
  /** The same in the form of curl and RFC 7469: `sha256//` and base64. */
  readonly keyPin: string | null;
  /** Tasmota's fingerprint of the key (`MqttFingerprint`); null also for a key type that Tasmota does not accept. */
  readonly tasmotaFingerprint: string | null;
  /** `RSA 2048`, `ECDSA P-256`, `Ed25519` */
  readonly keyType: string | null;
  /**
   * Its extended key usage: `server`, `client`, or the OID of another purpose; empty if it is for all purposes.
   */
  readonly usages: readonly string[];
  /** The number of an authority's generation; null if the layout does not show it. */
  readonly generation: number | null;
  /** The authority that signed it. */
  readonly issuer: Issuer | null;
  /** RFC 3339, in UTC. */
  readonly notBefore: string | null;
  /** As {@link notBefore}. */
  readonly notAfter: string | null;
  /** The time from which a deployment renews it, as {@link notBefore}; null if the source does not state it. */
  readonly renewsAt: string | null;
  /** Whether the times come from a deployment's declaration instead of a certificate. */
  readonly estimated: boolean;
  /** Whole days of 24 hours until it expires; negative once it has. */
  readonly daysLeft: number | null;
  /** Whether a client that trusts ca.pem accepts it now; null if that cannot be determined. */
  readonly accepted: boolean | null;
  /** Why it is not accepted, or why that cannot be determined. */
  readonly reasons: readonly string[];
}

/** The issuer of a certificate. */
export interface Issuer {
  /** The common name of the issuer. */
  readonly commonName: string;
  /** As {@link Entry.generation}. */
  readonly generation: number | null;
  /** Whether the key of an authority in the same source made the signature. If not, the name is only the certificate's claim. */
  readonly verified: boolean;
}

/** A certificate that cannot be read. */
export interface Unreadable {
  readonly source: string;
  readonly location: string;
  readonly reason: string;
}

/** All certificates that were found, each once per source: authorities first. */
export interface Inventory {
  /** The time for which it holds, RFC 3339. */
  readonly time: string;
  /** Authorities first. */
  readonly certificates: readonly Entry[];
  /** The certificates that cannot be read. */
  readonly unreadable: readonly Unreadable[];
  /** The rules that the certificates break. */
  readonly violations: readonly Violation[];
}

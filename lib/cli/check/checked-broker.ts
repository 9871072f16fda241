import type { Unreadable } from "../inventory/entry";
import type { Violation } from "../rules/violation";
import type { Kind } from "./kinds";

/** The facts of a certificate that a comparison needs. */
export interface ComparedCertificate {
  /** Hexadecimal, in upper case. */
  readonly serialNumber: string;
  /** SHA-256 of the certificate, in hexadecimal, in upper case, with colons. */
  readonly fingerprint: string;
  /** RFC 3339, in UTC. */
  readonly notBefore: string;
  /** As {@link notBefore}. */
  readonly notAfter: string;
}

/** The certificate that a broker presents. */
export interface ServedCertificate extends ComparedCertificate {
  /** The subject alternative names. */
  readonly names: readonly string[];
  /** `RSA 2048`, `ECDSA P-256`, `Ed25519` */
  readonly keyType: string;
  /** The common name of the issuer, as the certificate states it (not verified). */
  readonly issuer: string;
}

/** A broker, and what was found when it was dialled. All texts may be shown. A null value is not known. */
export interface CheckedBroker {
  /** The state, directory or inventory that declares the broker, as the user named it; or `--address`. */
  readonly source: string;
  /** The address that clients dial. */
  readonly address: string;
  /** Where the broker was dialled; null if it was not. */
  readonly dialled: {
    /** A DNS name or an IP address. */
    readonly host: string;
    /** The TCP port. */
    readonly port: number;
    /** The server name that TLS sent (SNI); null for an IP address. */
    readonly serverName: string | null;
  } | null;
  /** The findings, the worst first: at least one. */
  readonly kinds: readonly Kind[];
  /** Why the broker needs attention. */
  readonly reasons: readonly string[];
  /** Whether a client that trusts ca.pem accepts the served certificate now. */
  readonly accepted: boolean | null;
  /** Whether the served certificate is the declared one. */
  readonly sameCertificate: boolean | null;
  /** Whether the served key is that of the declared certificate. */
  readonly sameKey: boolean | null;
  /** Whole days of 24 hours until the served certificate expires; negative once it has. */
  readonly daysLeft: number | null;
  /** `TLSv1.3` */
  readonly protocol: string | null;
  /** The IANA name: `TLS_AES_256_GCM_SHA384`. */
  readonly cipher: string | null;
  /** How many certificates the broker presents, including its own. */
  readonly chainLength: number | null;
  /** The certificate that the broker presents; null without a TLS connection. */
  readonly served: ServedCertificate | null;
  /** The certificate that the source declares for it; null if there is no source. */
  readonly declared: ComparedCertificate | null;
}

/** The findings of all brokers: by group, and in a group the worst first. */
export interface Check {
  /** When the check began, RFC 3339. */
  readonly time: string;
  /** How many brokers there are of each kind; a broker may have several kinds. */
  readonly counts: Readonly<Partial<Record<Kind, number>>>;
  /** A broker for each address. */
  readonly brokers: readonly CheckedBroker[];
  /** Certificates in a source that cannot be read; which brokers they belong to is not known. */
  readonly unreadable: readonly Unreadable[];
  /** The rules that the brokers break. */
  readonly violations: readonly Violation[];
}

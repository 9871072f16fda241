import type { Unreadable } from "../inventory/entry";
import type { Violation } from "../rules/violation";
import type { Kind } from "./kinds";

/** A certificate, as a comparison needs it. */
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

/** What a broker presents. */
export interface ServedCertificate extends ComparedCertificate {
  readonly names: readonly string[];
  /** `RSA 2048`, `ECDSA P-256`, `Ed25519` */
  readonly keyType: string;
  /** The common name of who signed it, by the certificate's own word. */
  readonly issuer: string;
}

/** A broker, and what was found when it was dialled. All texts may be shown. What is null is not known. */
export interface CheckedBroker {
  /** The state, directory or inventory that declares it, as the user named it; `--address` where that did. */
  readonly source: string;
  /** What clients dial. */
  readonly address: string;
  /** Null where it was not dialled. */
  readonly dialled: {
    readonly host: string;
    readonly port: number;
    /** What TLS said the server is called (SNI); null for an IP address. */
    readonly serverName: string | null;
  } | null;
  /** What was found, the worst first: one at least. */
  readonly kinds: readonly Kind[];
  /** Why it is not as it should be. */
  readonly reasons: readonly string[];
  /** Whether a client that trusts ca.pem would accept it now. */
  readonly accepted: boolean | null;
  /** Whether the certificate is the one that is declared. */
  readonly sameCertificate: boolean | null;
  /** Whether its key is the one of the certificate that is declared. */
  readonly sameKey: boolean | null;
  /** Whole days of 24 hours until the end of what is served: negative from then on. */
  readonly daysLeft: number | null;
  /** `TLSv1.3` */
  readonly protocol: string | null;
  /** As IANA has it: `TLS_AES_256_GCM_SHA384`. */
  readonly cipher: string | null;
  /** How many certificates it presents, its own included. */
  readonly chainLength: number | null;
  readonly served: ServedCertificate | null;
  readonly declared: ComparedCertificate | null;
}

/** What was found of all brokers: by their groups, and then the worst first. */
export interface Check {
  /** RFC 3339: when it began. */
  readonly time: string;
  /** How many there are of each kind; a broker may be of several. */
  readonly counts: Readonly<Partial<Record<Kind, number>>>;
  readonly brokers: readonly CheckedBroker[];
  /** What was to be a certificate in a source, and cannot be read: nobody can say which broker that is of. */
  readonly unreadable: readonly Unreadable[];
  /** The rules of one's own that they break. */
  readonly violations: readonly Violation[];
}

import { ipText } from "../../x509/alternative-names";
import { commonNameIn } from "../read/subject";
import type { Kind } from "./kinds";
import { hasName } from "./names";

/** A certificate before or after a plan. Unknown values are left out. */
export interface CertificateSide {
  /** Subject alternative names: DNS names, IP addresses, and others with their kind: `URI:…`. `DNS:192.0.2.1` is a DNS name. */
  readonly names?: readonly string[];
  /** `CN=mqtt-1.example.com, O=Example Ltd` */
  readonly subject?: string;
  /** RFC 3339, in UTC. */
  readonly notBefore?: string;
  /** As {@link notBefore}. */
  readonly notAfter?: string;
  /** Whether both times are estimated from the time of the plan, and so slightly early. */
  readonly isEstimated?: boolean;
  /** The SHA-256 of the DER, in hexadecimal with colons. */
  readonly fingerprint?: string;
  /** The SHA-256 of the public key in the form of curl and RFC 7469: `sha256//` and base64. */
  readonly keyPin?: string;
  /** Hexadecimal. */
  readonly serialNumber?: string;
  /** `RSA 2048`, `ECDSA P-256`, `Ed25519` */
  readonly keyType?: string;
  /** The subject of the authority that signs. */
  readonly issuer?: string;
  /** The SHA-256 of the certificate of that authority. */
  readonly issuerFingerprint?: string;
  /** In the words of the tls provider: `server_auth`. */
  readonly uses?: readonly string[];
}

/** A file that a plan writes or removes. */
export interface FileChange {
  /** The engine's address. */
  readonly address: string;
  /** The path from the project's directory: `pki/ca.pem`, although the engine runs in `cdktf.out/stacks/NAME`. */
  readonly path?: string;
  /** The action in the engine's words: `create`, or `delete, create`. */
  readonly action: string;
}

/** What a plan does to one certificate. */
export interface CertificateChange {
  /** The file of the plan, as the user named it. */
  readonly source: string;
  /** The engine's address. */
  readonly address: string;
  /** The name that people use: the common name, the first subject alternative name, or the engine's address. */
  readonly title: string;
  /** Whether it signs others. */
  readonly isAuthority: boolean;
  /** The kinds of the change, the gravest first. Not empty. */
  readonly kinds: readonly Kind[];
  /** Whether the key stays the same. */
  readonly key: "same" | "new" | "unknown";
  /** Whether the same authority signs. Always "same" for an authority. */
  readonly authority: "same" | "other" | "unknown";
  /** Set if another authority signs, and both are below the same trust anchor. */
  readonly trustAnchor?: "same";
  /** The certificate before; absent if it is new, or unknown. */
  readonly before?: CertificateSide;
  /** The certificate after; absent if it is removed, or unknown. */
  readonly after?: CertificateSide;
  /** The files that hold it, as far as the plan changes them. */
  readonly files: readonly FileChange[];
  /** The engine's previous address. */
  readonly renamedFrom?: string;
  /** The plan and the address from which the certificate moves. */
  readonly movedFrom?: {
    /** The file of the plan, as the user named it. */
    readonly source: string;
    /** The engine's address. */
    readonly address: string;
  };
  /** Reasons, and what the plan does not show, in words. */
  readonly notes: readonly string[];
}

/**
 * The name that people use for a certificate: its common name. For a broker whose common name is not among its names, it is the
 * first of these.
 *
 * @param address the engine's address, used if the certificate has no name
 */
export function titleOf(isAuthority: boolean, side: CertificateSide | undefined, address: string): string {
  const { subject = "", names = [] } = side ?? {};
  const commonName = commonNameIn(subject);
  const isAddress = commonName !== undefined && hasName(names, ipText(commonName));
  return (isAuthority || isAddress ? undefined : names[0]) ?? commonName ?? address;
}

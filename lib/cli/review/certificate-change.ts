import { ipText } from "../../x509/alternative-names";
import { commonNameIn } from "../read/subject";
import type { Kind } from "./kinds";
import { hasName } from "./names";

/** A certificate as it is, or as it will be. What is not known is left out. */
export interface CertificateSide {
  /** Subject alternative names: DNS names, IP addresses, and others with their kind, as in `URI:…`; `DNS:192.0.2.1` is a DNS name. */
  readonly names?: readonly string[];
  /** `CN=mqtt-1.example.com, O=Example Ltd` */
  readonly subject?: string;
  /** RFC 3339, in UTC. */
  readonly notBefore?: string;
  /** As {@link notBefore}. */
  readonly notAfter?: string;
  /** Whether these are worked out from the time of the plan, and so a bit early. */
  readonly isEstimated?: boolean;
  /** The SHA-256 of its DER, in hexadecimal with colons. */
  readonly fingerprint?: string;
  /** The SHA-256 of its public key, as curl and RFC 7469 have it: `sha256//` and base64. */
  readonly keyPin?: string;
  readonly serialNumber?: string;
  /** `RSA 2048`, `ECDSA P-256`, `Ed25519` */
  readonly keyType?: string;
  /** Who signs: the subject of its certificate, and where it is known, its SHA-256. */
  readonly issuer?: string;
  readonly issuerFingerprint?: string;
  /** As the tls provider has them: `server_auth`. */
  readonly uses?: readonly string[];
}

/** A file that a plan writes or removes. */
export interface FileChange {
  readonly address: string;
  /** As the user of the project knows it: `pki/ca.pem`, where the engine runs in `cdktf.out/stacks/NAME`. */
  readonly path?: string;
  readonly action: string;
}

/** What a plan does to one certificate. */
export interface CertificateChange {
  /** The file of the plan, as it was named. */
  readonly source: string;
  /** Of the engine. */
  readonly address: string;
  /** What a person calls it: its common name, the first of its names, or the engine's address. */
  readonly title: string;
  readonly isAuthority: boolean;
  /** Not empty, and in their order. */
  readonly kinds: readonly Kind[];
  /** Whether its key stays, with which clients know an authority, and a broker its certificate. */
  readonly key: "same" | "new" | "unknown";
  /** Whether the one that signs stays. Of an authority itself, "same". */
  readonly authority: "same" | "other" | "unknown";
  /** Where another signs: said where the one that clients trust is the same above both. */
  readonly trustAnchor?: "same";
  readonly before?: CertificateSide;
  readonly after?: CertificateSide;
  readonly files: readonly FileChange[];
  /** The engine's address before. */
  readonly renamedFrom?: string;
  /** Where it was. */
  readonly movedFrom?: { readonly source: string; readonly address: string };
  /** In words: why, and what could not be told. */
  readonly notes: readonly string[];
}

/**
 * What a person calls a certificate: its common name; of a broker, where that is not among its names, the first of these.
 *
 * @param address the engine's, where there is neither
 */
export function titleOf(isAuthority: boolean, side: CertificateSide | undefined, address: string): string {
  const { subject = "", names = [] } = side ?? {};
  const commonName = commonNameIn(subject);
  const isAddress = commonName !== undefined && hasName(names, ipText(commonName));
  return (isAuthority || isAddress ? undefined : names[0]) ?? commonName ?? address;
}

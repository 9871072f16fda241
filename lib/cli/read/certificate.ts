import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { id_kp_clientAuth, id_kp_serverAuth } from "@peculiar/asn1-x509";
import { lazy } from "../../located-text/located-text";
import { timestamp } from "../../values/time";
import { type AlternativeName, describeName, namesInCertificate } from "../../x509/alternative-names";
import { describeKey } from "../../x509/key-type";
import { oneLine } from "../../x509/name";
import { pemBlocks } from "../../x509/pem";
import { publicText } from "../show/public-text";
import { type KeyPins, pinsOf } from "./pins";

/** The facts of a certificate (RFC 5280), for a person or a program: texts that may be shown. */
export interface CertificateFacts {
  /** `CN=mqtt-1.example.com, O=Example Ltd` */
  readonly subject: string;
  /** As {@link subject}. */
  readonly issuer: string;
  /** The subject alternative names: DNS names, IP addresses, and others with their kind, as in `URI:…`; `DNS:192.0.2.1` is a DNS name. */
  readonly names: readonly string[];
  /** Hexadecimal, in upper case. */
  readonly serialNumber: string;
  /** The SHA-256 of its DER: 32 bytes in hexadecimal, in upper case, with colons. */
  readonly fingerprint: string;
  /** The pins of its key; undefined if the key has no encoding. */
  readonly pins: KeyPins | undefined;
  /** RFC 3339, in UTC: `2031-01-05T09:00:00Z`. */
  readonly notBefore: string;
  /** As {@link notBefore}. */
  readonly notAfter: string;
  /** `RSA 2048`, `ECDSA P-256`, `Ed25519` */
  readonly keyType: string;
  /** Its extended key usage: `server`, `client`, or the OID of another purpose; empty if it is for all purposes. */
  readonly usages: readonly string[];
  /** Whether it may sign certificates (CA:TRUE). */
  readonly isAuthority: boolean;
}

/** A certificate and its facts. Immutable. */
export class ReadCertificate {
  /** By their DER: a plan holds each certificate in several places, and parsing is the slowest step. */
  static readonly #known = new Map<string, ReadCertificate>();

  private constructor(
    public readonly x509: X509Certificate,
    public readonly facts: CertificateFacts,
  ) {}

  /** All certificates in a text, in order; a block that is not a certificate is left out. */
  public static fromPem(text: string): ReadCertificate[] {
    return pemBlocks(text)
      .filter(({ label }) => label === "CERTIFICATE")
      .flatMap(({ data }) => ReadCertificate.fromDer(data) ?? []);
  }

  /** Undefined if it is not a certificate, or has an unknown key type or time format. */
  public static fromDer(der: Uint8Array): ReadCertificate | undefined {
    const id = Buffer.from(der.buffer, der.byteOffset, der.byteLength).toString("latin1");
    const known = ReadCertificate.#known.get(id);
    if (known !== undefined) {
      return known;
    }
    try {
      const x509 = new X509Certificate(der);
      const read = new ReadCertificate(x509, factsOf(x509));
      ReadCertificate.#known.set(id, read);
      return read;
    } catch {
      return undefined;
    }
  }
}

function factsOf(x509: X509Certificate): CertificateFacts {
  // Computed only if needed: most callers do not use the pins.
  const pins = lazy(() => pinsOf(x509.publicKey));
  return {
    subject: publicText(oneLine(x509.subject)),
    issuer: publicText(oneLine(x509.issuer)),
    names: namesInCertificate(x509.subjectAltName).map(shownName),
    serialNumber: x509.serialNumber,
    fingerprint: x509.fingerprint256,
    get pins() {
      return pins();
    },
    notBefore: timestamp(new Date(x509.validFrom)),
    notAfter: timestamp(new Date(x509.validTo)),
    keyType: describeKey(x509.publicKey),
    usages: usagesOf(x509.keyUsage),
    isAuthority: x509.ca,
  };
}

const USAGES: ReadonlyMap<string, string> = new Map([
  [id_kp_serverAuth, "server"],
  [id_kp_clientAuth, "client"],
]);

/** @param purposes the extended key usage as Node returns it: undefined without the extension, despite the type */
function usagesOf(purposes: readonly string[] | undefined): readonly string[] {
  return purposes?.map((purpose) => USAGES.get(purpose) ?? publicText(purpose)) ?? [];
}

/** Shows a DNS name or an IP address alone, and others with their kind, including a DNS name that looks like an IP address. */
export function shownName(name: AlternativeName): string {
  const { kind, value } = name;
  const isPlain = value !== undefined && (kind === "IP" || (kind === "DNS" && isIP(value) === 0));
  return publicText(isPlain ? value : describeName(name));
}

import { X509Certificate } from "node:crypto";
import { isValid, parse } from "ipaddr.js";
import { pemBlocks } from "../../x509/pem";
import { publicText } from "../show/public-text";

/** What a certificate says (RFC 5280), as a person or a program reads it: texts that may be shown. */
export interface CertificateFacts {
  /** `CN=mqtt-1.example.com, O=Example Ltd` */
  readonly subject: string;
  /** As {@link subject}. */
  readonly issuer: string;
  /** The subject alternative names: DNS names, IP addresses, and others with their kind, as in `URI:…`. */
  readonly names: readonly string[];
  /** Hexadecimal, in upper case. */
  readonly serialNumber: string;
  /** The SHA-256 of its DER: 32 bytes in hexadecimal, in upper case, with colons. */
  readonly fingerprint: string;
  /** RFC 3339, in UTC: `2031-01-05T09:00:00Z`. */
  readonly notBefore: string;
  /** As {@link notBefore}. */
  readonly notAfter: string;
  /** `RSA 2048`, `ECDSA P-256`, `Ed25519` */
  readonly keyType: string;
  /** Whether it may sign certificates (CA:TRUE). */
  readonly isAuthority: boolean;
}

/** A certificate, and what it says. Immutable. */
export class ReadCertificate {
  /** By their DER: a plan has each in several places, and to parse one takes longer than all else. */
  static readonly #known = new Map<string, ReadCertificate>();

  #facts: CertificateFacts | undefined;

  private constructor(public readonly x509: X509Certificate) {}

  /** All that are in a text, in their order; a block that is no certificate is left out. */
  public static fromPem(text: string): ReadCertificate[] {
    return pemBlocks(text)
      .filter(({ label }) => label === "CERTIFICATE")
      .flatMap(({ data }) => ReadCertificate.fromDer(data) ?? []);
  }

  /** Undefined where it is no certificate. */
  public static fromDer(der: Uint8Array): ReadCertificate | undefined {
    const id = Buffer.from(der.buffer, der.byteOffset, der.byteLength).toString("latin1");
    const known = ReadCertificate.#known.get(id);
    if (known !== undefined) {
      return known;
    }
    try {
      const read = new ReadCertificate(new X509Certificate(der));
      ReadCertificate.#known.set(id, read);
      return read;
    } catch {
      return undefined;
    }
  }

  public get facts(): CertificateFacts {
    this.#facts ??= factsOf(this.x509);
    return this.#facts;
  }
}

function factsOf(x509: X509Certificate): CertificateFacts {
  return {
    subject: nameOf(x509.subject),
    issuer: nameOf(x509.issuer),
    names: namesOf(x509.subjectAltName).map(publicText),
    serialNumber: x509.serialNumber,
    fingerprint: x509.fingerprint256,
    notBefore: timestamp(new Date(x509.validFrom)),
    notAfter: timestamp(new Date(x509.validTo)),
    keyType: keyTypeOf(x509),
    isAuthority: x509.ca,
  };
}

/** RFC 3339, in UTC and whole seconds. */
export function timestamp(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, "Z");
}

/** @param name as Node has it: an attribute a line, and undefined where there is none, whatever its types say */
function nameOf(name: string | undefined): string {
  return publicText(name?.replaceAll("\n", ", ") ?? "");
}

/** @param text as Node has it: `DNS:a.b, IP Address:192.0.2.1`, where a name with a comma is quoted as in JSON */
function namesOf(text: string | undefined): string[] {
  const names = text?.match(/[^,\s][^,:]*:("(?:[^"\\]|\\.)*"|[^,]*)/g) ?? [];
  return names.map((name) => {
    const [, kind, value = name] = /^(DNS|IP Address):(.*)$/.exec(name) ?? [];
    return kind === "IP Address" ? ipText(value) : value;
  });
}

/** An IP address in its one spelling (RFC 5952). */
export function ipText(text: string): string {
  return isValid(text) ? parse(text).toString() : text;
}

/** The names of curves of NIST (FIPS 186-5), by those that OpenSSL has for them. */
const CURVES: ReadonlyMap<string | undefined, string> = new Map([
  ["prime256v1", "P-256"],
  ["secp224r1", "P-224"],
  ["secp384r1", "P-384"],
  ["secp521r1", "P-521"],
]);

function keyTypeOf({ publicKey }: X509Certificate): string {
  const { asymmetricKeyType: type, asymmetricKeyDetails: { modulusLength = 0, namedCurve } = {} } = publicKey;
  switch (type) {
    case "rsa":
      return `RSA ${modulusLength}`;
    case "ec":
      return `ECDSA ${CURVES.get(namedCurve) ?? namedCurve ?? ""}`.trimEnd();
    case "ed25519":
      return "Ed25519";
    default:
      return type ?? "unknown";
  }
}

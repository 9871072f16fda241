import { createHash } from "node:crypto";
import * as asn1 from "asn1js";
import * as pkijs from "pkijs";

/** A certificate in DER, and the attributes of its entry. */
interface Entry {
  readonly der: Uint8Array;
  readonly attributes: readonly pkijs.Attribute[];
}

/** The iterations of PBKDF2 and of the file's MAC: the same as OpenSSL's, and as a broker's key with a password. */
const ITERATIONS = 2048;

/** The encryption of key and certificates: PBES2 with PBKDF2 (RFC 8018). */
const ENCRYPTION = {
  contentEncryptionAlgorithm: { name: "AES-CBC", length: 256 },
  hmacHashAlgorithm: "SHA-256",
  iterationCount: ITERATIONS,
} as const;

/** RFC 7292, section 4.2, and RFC 2985, section 5.5. */
const OIDS = {
  shroudedKey: "1.2.840.113549.1.12.10.1.2",
  certificate: "1.2.840.113549.1.12.10.1.3",
  x509: "1.2.840.113549.1.9.22.1",
  friendlyName: "1.2.840.113549.1.9.20",
  localKeyId: "1.2.840.113549.1.9.21",
  /** Java's own: without it, Java's KeyStore does not treat a certificate as trusted. */
  trustedKeyUsage: "2.16.840.1.113894.746875.1.1",
  anyExtendedKeyUsage: "2.5.29.37.0",
} as const;

const engine = new pkijs.CryptoEngine({ name: "node", crypto: globalThis.crypto });

/**
 * A PKCS #12 file (RFC 7292) with a key, its certificate and its chain: AES-256-CBC, PBKDF2 and MAC with
 * SHA-256. Java 8u301, OpenSSL 1.1 and later read it.
 *
 * @param alias the name of key and certificate
 * @param privateKey PKCS #8 in DER
 * @param certificates in DER, the key's first
 */
export async function toKeystore(
  alias: string,
  privateKey: Uint8Array,
  certificates: readonly Uint8Array[],
  password: string,
): Promise<Uint8Array> {
  const secret = bytesOf(password);
  const [own = new Uint8Array()] = certificates;
  const attributes = [
    attribute(OIDS.friendlyName, new asn1.BmpString({ value: alias })),
    attribute(OIDS.localKeyId, new asn1.OctetString({ valueHex: createHash("sha256").update(own).digest() })),
  ];
  const key = new pkijs.PKCS8ShroudedKeyBag({ parsedValue: pkijs.PrivateKeyInfo.fromBER(privateKey) });
  await key.makeInternalValues({ password: secret, ...ENCRYPTION }, engine);
  const keys = new pkijs.SafeContents({
    safeBags: [new pkijs.SafeBag({ bagId: OIDS.shroudedKey, bagValue: key, bagAttributes: attributes })],
  });
  const chain = certificates.map((der, index) => ({ der, attributes: index === 0 ? attributes : [] }));
  return toFile(secret, chain, keys);
}

/**
 * A PKCS #12 file with trusted certificates, each under its own alias.
 *
 * @param certificates in DER, by their aliases
 */
export function toTruststore(certificates: ReadonlyMap<string, Uint8Array>, password: string): Promise<Uint8Array> {
  const usage = new asn1.ObjectIdentifier({ value: OIDS.anyExtendedKeyUsage });
  const entries = [...certificates].map(([alias, der]) => ({
    der,
    attributes: [
      attribute(OIDS.friendlyName, new asn1.BmpString({ value: alias })),
      attribute(OIDS.trustedKeyUsage, usage),
    ],
  }));
  return toFile(bytesOf(password), entries);
}

/** @param keys the contents that are already encrypted */
async function toFile(
  password: ArrayBuffer,
  entries: readonly Entry[],
  keys?: pkijs.SafeContents,
): Promise<Uint8Array> {
  const certificates = new pkijs.SafeContents({
    safeBags: entries.map(({ der, attributes }) => {
      const bagValue = new pkijs.CertBag({ certId: OIDS.x509, certValue: new asn1.OctetString({ valueHex: der }) });
      const bagAttributes = attributes.length === 0 ? undefined : [...attributes];
      return new pkijs.SafeBag({ bagId: OIDS.certificate, bagValue, ...(bagAttributes && { bagAttributes }) });
    }),
  });
  const contents = [
    { privacyMode: 1, value: certificates },
    ...(keys === undefined ? [] : [{ privacyMode: 0, value: keys }]),
  ];
  const authenticatedSafe = new pkijs.AuthenticatedSafe({ parsedValue: { safeContents: contents } });
  const protection = contents.map(({ privacyMode }) => (privacyMode === 1 ? { password, ...ENCRYPTION } : {}));
  await authenticatedSafe.makeInternalValues({ safeContents: protection }, engine);
  const file = new pkijs.PFX({ parsedValue: { integrityMode: 0, authenticatedSafe } });
  const hashes = { pbkdf2HashAlgorithm: "SHA-256", hmacHashAlgorithm: "SHA-256" };
  await file.makeInternalValues({ password, iterations: ITERATIONS, ...hashes }, engine);
  return new Uint8Array(file.toSchema().toBER());
}

function attribute(type: string, value: asn1.BaseBlock): pkijs.Attribute {
  return new pkijs.Attribute({ type, values: [value] });
}

function bytesOf(text: string): ArrayBuffer {
  return new TextEncoder().encode(text).buffer;
}

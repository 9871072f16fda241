import {
  createCipheriv,
  createPublicKey,
  generateKeyPair,
  type KeyObject,
  type KeyPairKeyObjectResult,
  pbkdf2,
  randomBytes,
  X509Certificate,
} from "node:crypto";
import { promisify } from "node:util";
import { EncryptedData, EncryptedPrivateKeyInfo } from "@peculiar/asn1-pkcs8";
import { AsnConvert, AsnProp, AsnPropTypes, OctetString } from "@peculiar/asn1-schema";
import { AlgorithmIdentifier, SubjectPublicKeyInfo } from "@peculiar/asn1-x509";
import { fromBER, ObjectIdentifier } from "asn1js";
import type { KeyAlgorithmName, KeyParameters } from "../../../../values/key-algorithm";
import { findCurve } from "../../../../x509/key-type";
import { toPem } from "../../../../x509/pem";
import { PROTECTED } from "../../../../x509/private-key";

export { openKey } from "../../../../x509/private-key";

/** A key pair that was made just now. */
export interface GeneratedKey {
  readonly privateKey: KeyObject;
  /** The private key: PKCS #8, without a password. */
  readonly pem: string;
  /** A SubjectPublicKeyInfo, in DER. */
  readonly publicKey: Buffer;
}

const makePair = promisify(generateKeyPair);
const deriveKey = promisify(pbkdf2);

/**
 * Encodes the keys of one curve, which differ in a few numbers of one length: OpenSSL's encoders take several times what
 * the making of such a key takes. Immutable.
 */
class Encoder {
  readonly #numbers: readonly Buffer[];
  readonly #pkcs8: Buffer;
  readonly #spki: Buffer;

  public constructor({ privateKey, publicKey }: KeyPairKeyObjectResult) {
    this.#numbers = numbersOf(privateKey);
    this.#pkcs8 = privateKey.export({ type: "pkcs8", format: "der" });
    this.#spki = publicKey.export({ type: "spki", format: "der" });
  }

  public encode(privateKey: KeyObject): GeneratedKey {
    const numbers = numbersOf(privateKey);
    return {
      privateKey,
      pem: toPem("PRIVATE KEY", this.fill(this.#pkcs8, numbers)),
      publicKey: this.fill(this.#spki, numbers),
    };
  }

  private fill(pattern: Buffer, numbers: readonly Buffer[]): Buffer {
    const filled = Buffer.from(pattern);
    for (const [i, number] of this.#numbers.entries()) {
      const at = pattern.indexOf(number);
      if (at !== -1) {
        numbers[i]?.copy(filled, at);
      }
    }
    return filled;
  }
}

/** What a key on a curve is made of (RFC 7518, section 6.2, and RFC 8037, section 2). */
function numbersOf(privateKey: KeyObject): Buffer[] {
  const { d, x, y } = privateKey.export({ format: "jwk" });
  return [d, x, y].flatMap((number) => (number === undefined ? [] : [Buffer.from(number, "base64url")]));
}

const MAKERS: Readonly<Record<KeyAlgorithmName, () => Promise<GeneratedKey>>> = {
  "RSA-2048": () => makeRsa(2048),
  "RSA-3072": () => makeRsa(3072),
  "RSA-4096": () => makeRsa(4096),
  "ECDSA-P256": onCurve(() => makePair("ec", { namedCurve: "P-256" })),
  "ECDSA-P384": onCurve(() => makePair("ec", { namedCurve: "P-384" })),
  Ed25519: onCurve(() => makePair("ed25519")),
};

/** A new key pair. It is made beside the event loop: several at a time use all of the processor. */
export function generateKey(algorithm: KeyAlgorithmName): Promise<GeneratedKey> {
  return MAKERS[algorithm]();
}

async function makeRsa(modulusLength: number): Promise<GeneratedKey> {
  const { privateKey, publicKey } = await makePair("rsa", { modulusLength });
  return {
    privateKey,
    pem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    publicKey: publicKey.export({ type: "spki", format: "der" }),
  };
}

function onCurve(make: () => Promise<KeyPairKeyObjectResult>): () => Promise<GeneratedKey> {
  let encoder: Encoder | undefined;
  return async () => {
    const pair = await make();
    encoder ??= new Encoder(pair);
    return encoder.encode(pair.privateKey);
  };
}

const UNKNOWN = "an unknown kind";

/** The algorithm of a key, private or public; RSA of any length, and an unknown kind for all that is not made here. */
export function algorithmOf(key: KeyObject): string {
  switch (key.asymmetricKeyType) {
    case "rsa":
      return `RSA-${key.asymmetricKeyDetails?.modulusLength ?? 0}`;
    case "ec":
      return nameOfEcdsa(findCurve(curveOf(key))?.parameter);
    case "ed25519":
      return "Ed25519";
    default:
      return UNKNOWN;
  }
}

function nameOfEcdsa(curve: KeyParameters["ecdsaCurve"]): string {
  return curve === undefined ? UNKNOWN : `ECDSA-${curve}`;
}

/** The OID of its curve. Node's own way to it stops the process where a certificate has the point at infinity for its key. */
function curveOf(key: KeyObject): string | undefined {
  try {
    const publicKey = toPublicKey(key).export({ type: "spki", format: "der" });
    const { parameters } = AsnConvert.parse(publicKey, SubjectPublicKeyInfo).algorithm;
    const curve = parameters == null ? undefined : fromBER(parameters).result;
    return curve instanceof ObjectIdentifier ? curve.getValue() : undefined;
  } catch {
    return undefined;
  }
}

/** Whether both are of one key pair. */
export function samePublicKey(one: KeyObject | X509Certificate, other: KeyObject | X509Certificate): boolean {
  return toPublicKey(one).equals(toPublicKey(other));
}

function toPublicKey(from: KeyObject | X509Certificate): KeyObject {
  if (from instanceof X509Certificate) {
    return from.publicKey;
  }
  return from.type === "private" ? createPublicKey(from) : from;
}

/** PBES2-params (RFC 8018, appendix A.4). */
class Pbes2Parameters {
  public keyDerivationFunc = new AlgorithmIdentifier();
  public encryptionScheme = new AlgorithmIdentifier();
}

AsnProp({ type: AlgorithmIdentifier })(Pbes2Parameters.prototype, "keyDerivationFunc");
AsnProp({ type: AlgorithmIdentifier })(Pbes2Parameters.prototype, "encryptionScheme");

/** PBKDF2-params (RFC 8018, appendix A.2), without the length of the key, which the cipher has. */
class Pbkdf2Parameters {
  public salt = new OctetString();
  public iterationCount = 0;
  public prf = new AlgorithmIdentifier();
}

AsnProp({ type: OctetString })(Pbkdf2Parameters.prototype, "salt");
AsnProp({ type: AsnPropTypes.Integer })(Pbkdf2Parameters.prototype, "iterationCount");
AsnProp({ type: AlgorithmIdentifier })(Pbkdf2Parameters.prototype, "prf");

/** RFC 8018, appendices A and B, and NIST's for AES. */
const OIDS = {
  pbes2: "1.2.840.113549.1.5.13",
  pbkdf2: "1.2.840.113549.1.5.12",
  hmacWithSha256: "1.2.840.113549.2.9",
  aes256Cbc: "2.16.840.1.101.3.4.1.42",
} as const;

const SALT_BYTES = 16;
const AES_KEY_BYTES = 32;
const AES_BLOCK_BYTES = 16;

/**
 * A private key with a password, as PEM (RFC 5958): PBES2 with PBKDF2, HMAC-SHA-256 and AES-256-CBC. Node's own export
 * has 2,048 iterations, whatever one asks for.
 *
 * @param password at most 1,024 bytes: OpenSSL opens none with more
 */
export async function protect(key: KeyObject, password: string, iterations: number): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const iv = randomBytes(AES_BLOCK_BYTES);
  const cipher = createCipheriv(
    "aes-256-cbc",
    await deriveKey(password, salt, iterations, AES_KEY_BYTES, "sha256"),
    iv,
  );
  const encrypted = Buffer.concat([cipher.update(key.export({ type: "pkcs8", format: "der" })), cipher.final()]);

  const derivation = Object.assign(new Pbkdf2Parameters(), {
    salt: new OctetString(salt),
    iterationCount: iterations,
    prf: new AlgorithmIdentifier({ algorithm: OIDS.hmacWithSha256, parameters: null }),
  });
  const scheme = Object.assign(new Pbes2Parameters(), {
    keyDerivationFunc: algorithm(OIDS.pbkdf2, derivation),
    encryptionScheme: algorithm(OIDS.aes256Cbc, new OctetString(iv)),
  });
  const whole = new EncryptedPrivateKeyInfo({
    encryptionAlgorithm: algorithm(OIDS.pbes2, scheme),
    encryptedData: new EncryptedData(encrypted),
  });
  return toPem(PROTECTED, new Uint8Array(AsnConvert.serialize(whole)));
}

function algorithm(oid: string, parameters: unknown): AlgorithmIdentifier {
  return new AlgorithmIdentifier({ algorithm: oid, parameters: AsnConvert.serialize(parameters) });
}

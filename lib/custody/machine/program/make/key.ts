import {
  createPublicKey,
  generateKeyPair,
  type KeyObject,
  type KeyPairKeyObjectResult,
  X509Certificate,
} from "node:crypto";
import { promisify } from "node:util";
import type { KeyAlgorithmName, KeyParameters } from "../../../../values/key-algorithm";
import { curveOf, findCurve } from "../../../../x509/key-type";
import { toPem } from "../../../../x509/pem";

export { openKey } from "../../../../x509/private-key";

/** A new key pair. */
export interface GeneratedKey {
  readonly privateKey: KeyObject;
  /** The private key: PKCS #8, without a password. */
  readonly pem: string;
  /** A SubjectPublicKeyInfo, in DER. */
  readonly publicKey: Buffer;
}

const makePair = promisify(generateKeyPair);

/**
 * Encodes the keys of one curve, which differ only in a few numbers of fixed length, by writing these into a template:
 * OpenSSL's encoders take several times longer than making such a key. Immutable.
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

/** The numbers of a key on a curve (RFC 7518, section 6.2, and RFC 8037, section 2). */
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

/** Makes a new key pair, outside the event loop: several at a time use all cores. */
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

/** The algorithm of a private or public key: RSA of any length, and "an unknown kind" for algorithms that the program does not make. */
export function algorithmOf(key: KeyObject): string {
  switch (key.asymmetricKeyType) {
    case "rsa":
      return `RSA-${key.asymmetricKeyDetails?.modulusLength ?? 0}`;
    case "ec":
      return nameOfEcdsa(findCurve(curveOf(toPublicKey(key)))?.parameter);
    case "ed25519":
      return "Ed25519";
    default:
      return UNKNOWN;
  }
}

function nameOfEcdsa(curve: KeyParameters["ecdsaCurve"]): string {
  return curve === undefined ? UNKNOWN : `ECDSA-${curve}`;
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

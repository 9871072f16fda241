import { createCipheriv, type KeyObject, pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { EncryptedData, EncryptedPrivateKeyInfo } from "@peculiar/asn1-pkcs8";
import { AsnConvert, AsnProp, AsnPropTypes, OctetString } from "@peculiar/asn1-schema";
import { AlgorithmIdentifier } from "@peculiar/asn1-x509";
import { toPem } from "../../../../x509/pem";
import { PROTECTED } from "../../../../x509/private-key";

const deriveKey = promisify(pbkdf2);

/** PBES2-params (RFC 8018, appendix A.4). */
class Pbes2Parameters {
  public keyDerivationFunc = new AlgorithmIdentifier();
  public encryptionScheme = new AlgorithmIdentifier();
}

AsnProp({ type: AlgorithmIdentifier })(Pbes2Parameters.prototype, "keyDerivationFunc");
AsnProp({ type: AlgorithmIdentifier })(Pbes2Parameters.prototype, "encryptionScheme");

/** PBKDF2-params (RFC 8018, appendix A.2), without the length of the key, which the cipher defines. */
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
 * always has 2,048 iterations.
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

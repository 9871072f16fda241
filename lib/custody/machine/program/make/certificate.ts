import { createPublicKey, type KeyObject, randomBytes, sign } from "node:crypto";
import { AsnConvert } from "@peculiar/asn1-schema";
import * as x509 from "@peculiar/asn1-x509";
import * as asn1 from "asn1js";
import { readExtension } from "../../../../x509/extensions";
import { chooseSignatureAlgorithm, type Digest } from "../../../../x509/signature-algorithm";
import type { CertificateContent } from "./certificate-content";
import { childrenOf, Encoded, TAG_CLASS } from "./der";
import { authorityKeyIdentifier, encodeExtensions, keyIdentifierOf } from "./extensions";
import { encodeSubject } from "./subject";

/** RFC 5280, section 4.1.2.5. */
const FIRST_YEAR_OF_GENERALIZED_TIME = 2050;

/** At most what RFC 5280, section 4.1.2.2, allows. */
const SERIAL_BYTES = 20;

const VERSION = new Encoded(
  new asn1.Constructed({
    idBlock: { tagClass: TAG_CLASS.context, tagNumber: 0 },
    value: [new asn1.Integer({ value: 2 })],
  }).toBER(),
);

/**
 * Signs certificates (RFC 5280) with one key, in one name. Immutable.
 *
 * It signs thousands in a row: their common parts are encoded once.
 */
export class Signer {
  readonly #issuer: Encoded;
  readonly #authorityKeyIdentifier: Encoded;
  readonly #algorithm: Encoded;
  readonly #key: KeyObject;
  readonly #digest: Digest | null;
  readonly #validities = new Map<string, Encoded>();

  private constructor(issuer: Encoded, keyIdentifier: Uint8Array, key: KeyObject, digest: Digest) {
    this.#issuer = issuer;
    const algorithm = chooseSignatureAlgorithm(key.asymmetricKeyType, digest);
    if (algorithm === undefined) {
      throw new TypeError(`A key of type ${key.asymmetricKeyType ?? "unknown"} signs no certificates here.`);
    }
    this.#authorityKeyIdentifier = authorityKeyIdentifier(keyIdentifier);
    this.#algorithm = Encoded.of(
      new x509.AlgorithmIdentifier({
        algorithm: algorithm.oid,
        ...(algorithm.keyType === "rsa" && { parameters: null }),
      }),
    );
    this.#key = key;
    this.#digest = algorithm.digest;
  }

  /**
   * @param certificate the authority's certificate, in DER
   * @param key its private key: RSA, EC or Ed25519
   * @param digest ignored for Ed25519, which has its own
   */
  public static fromIssuer(certificate: Uint8Array, key: KeyObject, digest: Digest): Signer {
    const { subject, keyIdentifier } = partsOf(certificate);
    return new Signer(subject, keyIdentifier, key, digest);
  }

  /** A certificate that is its own issuer, in DER. */
  public static selfSigned(content: CertificateContent, key: KeyObject, digest: Digest): Buffer {
    const publicKey = createPublicKey(key).export({ type: "spki", format: "der" });
    const subject = new Encoded(encodeSubject(content.subject).toBER());
    return new Signer(subject, keyIdentifierOf(publicKey), key, digest).sign(content, publicKey);
  }

  /**
   * A certificate, in DER.
   *
   * @param publicKey as a SubjectPublicKeyInfo, in DER
   */
  public sign(content: CertificateContent, publicKey: Uint8Array): Buffer {
    const { subject, notBefore, notAfter } = content;
    const extensions = encodeExtensions(content, publicKey, this.#authorityKeyIdentifier);
    const toBeSigned = new asn1.Sequence({
      value: [
        VERSION,
        serialNumber(),
        this.#algorithm,
        this.#issuer,
        this.validity(notBefore, notAfter),
        encodeSubject(subject),
        new Encoded(publicKey),
        new asn1.Constructed({
          idBlock: { tagClass: TAG_CLASS.context, tagNumber: 3 },
          value: [new asn1.Sequence({ value: extensions })],
        }),
      ],
    }).toBER();
    const signature = sign(this.#digest, new Uint8Array(toBeSigned), this.#key);
    const certificate = new asn1.Sequence({
      value: [new Encoded(toBeSigned), this.#algorithm, new asn1.BitString({ valueHex: signature })],
    });
    return Buffer.from(certificate.toBER());
  }

  /** The encoded validity. Most certificates of one run share it. */
  private validity(notBefore: Date, notAfter: Date): Encoded {
    const key = `${notBefore.getTime()} ${notAfter.getTime()}`;
    const known = this.#validities.get(key);
    if (known !== undefined) {
      return known;
    }
    const validity = new Encoded(new asn1.Sequence({ value: [timeOf(notBefore), timeOf(notAfter)] }).toBER());
    this.#validities.set(key, validity);
    return validity;
  }
}

/** The parts of an authority's certificate that the certificates it signs repeat. */
function partsOf(certificate: Uint8Array): { subject: Encoded; keyIdentifier: Uint8Array } {
  const [toBeSigned] = childrenOf(asn1.fromBER(certificate).result);
  // The version and the fields after the key have context tags.
  const fields = childrenOf(toBeSigned).filter(({ idBlock }) => idBlock.tagClass === TAG_CLASS.universal);
  const [, , , , subject, publicKey] = fields.map(({ valueBeforeDecodeView }) => valueBeforeDecodeView);
  if (subject === undefined || publicKey === undefined) {
    throw new TypeError("This is not a certificate.");
  }
  const parsed = AsnConvert.parse(certificate, x509.Certificate);
  const own = readExtension(parsed, x509.id_ce_subjectKeyIdentifier, x509.SubjectKeyIdentifier);
  return {
    // Verifiers may compare names byte by byte.
    subject: new Encoded(subject),
    keyIdentifier: own === undefined ? keyIdentifierOf(publicKey) : new Uint8Array(own.buffer),
  };
}

function serialNumber(): asn1.Integer {
  const bytes = randomBytes(SERIAL_BYTES);
  // Positive, and as long as all others.
  bytes.writeUInt8((bytes.readUInt8() & 0x7f) | 0x40);
  return new asn1.Integer({ valueHex: bytes });
}

function timeOf(valueDate: Date): asn1.BaseBlock {
  return valueDate.getUTCFullYear() < FIRST_YEAR_OF_GENERALIZED_TIME
    ? new asn1.UTCTime({ valueDate })
    : new asn1.GeneralizedTime({ valueDate });
}

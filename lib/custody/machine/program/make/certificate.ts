import { createHash, createPublicKey, type KeyObject, randomBytes, sign } from "node:crypto";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import * as x509 from "@peculiar/asn1-x509";
import * as asn1 from "asn1js";
import ipaddr from "ipaddr.js";
import type { DistinguishedNameProps } from "../../../../values/distinguished-name";

/** What a certificate is to say. */
export interface CertificateContent {
  readonly subject: Readonly<DistinguishedNameProps>;
  /** In whole seconds, as {@link notAfter}. */
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly usage: ServerUsage | AuthorityUsage;
}

/** For TLS servers. */
export interface ServerUsage {
  readonly kind: "server";
  /** Spelled as `Address` does; one name at least here or in {@link ipAddresses}. */
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  /** Whether the key may encipher others, which old TLS clients want of RSA. */
  readonly canEncipher: boolean;
}

/** For signing certificates. */
export interface AuthorityUsage {
  readonly kind: "authority";
  /** @default - any number of authorities may stand below it */
  readonly pathLength?: number;
  /** @default - any domain is permitted */
  readonly permittedDomains?: readonly string[];
}

/** The hash that signatures are over, in node's words. */
export type Digest = "sha256" | "sha384" | "sha512";

/** RFC 8017, appendix C, and RFC 5758, section 3.2. */
const SIGNATURES: Readonly<Record<"rsa" | "ec", Readonly<Record<Digest, string>>>> = {
  rsa: { sha256: "1.2.840.113549.1.1.11", sha384: "1.2.840.113549.1.1.12", sha512: "1.2.840.113549.1.1.13" },
  ec: { sha256: "1.2.840.10045.4.3.2", sha384: "1.2.840.10045.4.3.3", sha512: "1.2.840.10045.4.3.4" },
};

/** RFC 8410, section 3. */
const ED25519 = "1.3.101.112";

/** The tag classes of ASN.1 (X.690, section 8.1.2.2), as asn1js numbers them. */
const UNIVERSAL = 1;
const CONTEXT = 3;

/** RFC 5280, section 4.1.2.5. */
const FIRST_YEAR_OF_GENERALIZED_TIME = 2050;

/** At most what RFC 5280, section 4.1.2.2, allows. */
const SERIAL_BYTES = 20;

/** What is encoded already: it goes into what is around it as it stands. */
class Encoded extends asn1.BaseBlock {
  readonly #der: ArrayBuffer;

  public constructor(der: Uint8Array | ArrayBuffer) {
    super();
    this.#der = der instanceof ArrayBuffer ? der : new Uint8Array(der).buffer;
  }

  public static of(value: unknown): Encoded {
    return new Encoded(AsnConvert.serialize(value));
  }

  public override toBER(_sizeOnly?: boolean, writer?: Parameters<asn1.BaseBlock["toBER"]>[1]): ArrayBuffer {
    writer?.write(this.#der);
    return this.#der;
  }
}

type AttributeType = (text: string) => asn1.BaseBlock;

const printable: AttributeType = (value) => new asn1.PrintableString({ value });
const ia5: AttributeType = (value) => new asn1.IA5String({ value });
/** No other than these two, as RFC 5280, section 4.1.2.4, has it. */
const directory: AttributeType = (value) =>
  /^[A-Za-z0-9 '()+,./:=?-]*$/.test(value) ? printable(value) : new asn1.Utf8String({ value });

/** In the order of Terraform's tls provider, each by its OID (RFC 5280, appendix A.1). */
const ATTRIBUTES: Readonly<Record<keyof DistinguishedNameProps, readonly [type: Encoded, encode: AttributeType]>> = {
  country: [oid("2.5.4.6"), printable],
  province: [oid("2.5.4.8"), directory],
  locality: [oid("2.5.4.7"), directory],
  organization: [oid("2.5.4.10"), directory],
  organizationalUnit: [oid("2.5.4.11"), directory],
  commonName: [oid("2.5.4.3"), directory],
  emailAddress: [oid("1.2.840.113549.1.9.1"), ia5],
};

const VERSION = new Encoded(
  new asn1.Constructed({
    idBlock: { tagClass: CONTEXT, tagNumber: 0 },
    value: [new asn1.Integer({ value: 2 })],
  }).toBER(),
);

const TRUE = new Encoded(new asn1.Boolean({ value: true }).toBER());
const SUBJECT_KEY_IDENTIFIER = oid(x509.id_ce_subjectKeyIdentifier);
const SUBJECT_ALTERNATIVE_NAME = oid(x509.id_ce_subjectAltName);

const { digitalSignature, keyEncipherment, keyCertSign, cRLSign } = x509.KeyUsageFlags;
const MAY_SIGN = keyUsage(digitalSignature);
const MAY_SIGN_AND_ENCIPHER = keyUsage(digitalSignature | keyEncipherment);
const MAY_CERTIFY = keyUsage(keyCertSign | cRLSign);
const IS_FOR_SERVERS = constant(x509.id_ce_extKeyUsage, new x509.ExtendedKeyUsage([x509.id_kp_serverAuth]));
const IS_NO_AUTHORITY = constant(x509.id_ce_basicConstraints, new x509.BasicConstraints(), true);

/**
 * Signs certificates (RFC 5280) with one key, in one name. Immutable.
 *
 * It signs thousands in a row: what they share is encoded once.
 */
export class Signer {
  readonly #issuer: Encoded;
  readonly #authorityKeyIdentifier: Encoded;
  readonly #algorithm: Encoded;
  readonly #key: KeyObject;
  readonly #hash: Digest | undefined;
  readonly #validities = new Map<string, Encoded>();

  private constructor(issuer: Encoded, keyIdentifier: Uint8Array, key: KeyObject, digest: Digest) {
    this.#issuer = issuer;
    const value = new x509.AuthorityKeyIdentifier({ keyIdentifier: new x509.KeyIdentifier(keyIdentifier) });
    this.#authorityKeyIdentifier = constant(x509.id_ce_authorityKeyIdentifier, value);
    this.#algorithm = signatureAlgorithm(key, digest);
    this.#key = key;
    this.#hash = key.asymmetricKeyType === "ed25519" ? undefined : digest;
  }

  /**
   * @param certificate of who signs, in DER
   * @param key its private key: RSA, EC or Ed25519
   * @param digest with Ed25519, which has its own, it does not count
   */
  public static fromIssuer(certificate: Uint8Array, key: KeyObject, digest: Digest): Signer {
    const { subject, keyIdentifier } = partsOf(certificate);
    return new Signer(subject, keyIdentifier, key, digest);
  }

  /** A certificate that is its own issuer, in DER. */
  public static selfSigned(content: CertificateContent, key: KeyObject, digest: Digest): Buffer {
    const publicKey = createPublicKey(key).export({ type: "spki", format: "der" });
    const subject = new Encoded(nameOf(content.subject).toBER());
    return new Signer(subject, identifierOf(publicKey), key, digest).sign(content, publicKey);
  }

  /**
   * A certificate, in DER.
   *
   * @param publicKey as a SubjectPublicKeyInfo, in DER
   */
  public sign(content: CertificateContent, publicKey: Uint8Array): Buffer {
    const { subject, notBefore, notAfter, usage } = content;
    const extensions =
      usage.kind === "server"
        ? this.serverExtensions(usage, subject, publicKey)
        : authorityExtensions(usage, subject, publicKey);
    const toBeSigned = new asn1.Sequence({
      value: [
        VERSION,
        serialNumber(),
        this.#algorithm,
        this.#issuer,
        this.validity(notBefore, notAfter),
        nameOf(subject),
        new Encoded(publicKey),
        new asn1.Constructed({
          idBlock: { tagClass: CONTEXT, tagNumber: 3 },
          value: [new asn1.Sequence({ value: extensions })],
        }),
      ],
    }).toBER();
    const signature = sign(this.#hash, new Uint8Array(toBeSigned), this.#key);
    const certificate = new asn1.Sequence({
      value: [new Encoded(toBeSigned), this.#algorithm, new asn1.BitString({ valueHex: signature })],
    });
    return Buffer.from(certificate.toBER());
  }

  /** Most certificates of one run are valid for the same time. */
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

  private serverExtensions(
    { canEncipher, dnsNames, ipAddresses }: ServerUsage,
    subject: CertificateContent["subject"],
    publicKey: Uint8Array,
  ): asn1.BaseBlock[] {
    const names = [
      ...dnsNames.map((name) => alternativeName(2, Buffer.from(name))),
      ...ipAddresses.map((address) => alternativeName(7, Uint8Array.from(ipaddr.parse(address).toByteArray()))),
    ];
    return [
      canEncipher ? MAY_SIGN_AND_ENCIPHER : MAY_SIGN,
      IS_FOR_SERVERS,
      IS_NO_AUTHORITY,
      subjectKeyIdentifier(publicKey),
      this.#authorityKeyIdentifier,
      // RFC 5280, section 4.2.1.6.
      extension(SUBJECT_ALTERNATIVE_NAME, new asn1.Sequence({ value: names }), Object.keys(subject).length === 0),
    ];
  }
}

function authorityExtensions(
  { pathLength, permittedDomains }: AuthorityUsage,
  { emailAddress }: CertificateContent["subject"],
  publicKey: Uint8Array,
): asn1.BaseBlock[] {
  const basicConstraints = new x509.BasicConstraints({
    cA: true,
    ...(pathLength !== undefined && { pathLenConstraint: pathLength }),
  });
  const permittedSubtrees = permittedDomains?.map(
    (dNSName) => new x509.GeneralSubtree({ base: new x509.GeneralName({ dNSName }) }),
  );
  return [
    MAY_CERTIFY,
    constant(x509.id_ce_basicConstraints, basicConstraints, true),
    subjectKeyIdentifier(publicKey),
    ...(permittedSubtrees === undefined
      ? []
      : [
          constant(
            x509.id_ce_nameConstraints,
            new x509.NameConstraints({ permittedSubtrees: new x509.GeneralSubtrees(permittedSubtrees) }),
            true,
          ),
        ]),
    // RFC 5280, section 4.1.2.6.
    ...(emailAddress === undefined
      ? []
      : [
          extension(
            SUBJECT_ALTERNATIVE_NAME,
            new asn1.Sequence({ value: [alternativeName(1, Buffer.from(emailAddress))] }),
          ),
        ]),
  ];
}

/** What those whom a certificate signs have of it. */
function partsOf(certificate: Uint8Array): { subject: Encoded; keyIdentifier: Uint8Array } {
  const [toBeSigned] = childrenOf(asn1.fromBER(certificate).result);
  // The version and what comes after the key have tags of their own.
  const fields = childrenOf(toBeSigned).filter(({ idBlock }) => idBlock.tagClass === UNIVERSAL);
  const [, , , , subject, publicKey] = fields.map(({ valueBeforeDecodeView }) => valueBeforeDecodeView);
  if (subject === undefined || publicKey === undefined) {
    throw new TypeError("This is not a certificate.");
  }
  const { extensions } = AsnConvert.parse(certificate, x509.Certificate).tbsCertificate;
  const own = extensions?.find(({ extnID }) => extnID === x509.id_ce_subjectKeyIdentifier)?.extnValue;
  return {
    // Verifiers may compare names byte by byte.
    subject: new Encoded(subject),
    keyIdentifier:
      own === undefined
        ? identifierOf(publicKey)
        : new Uint8Array(AsnConvert.parse(own, x509.SubjectKeyIdentifier).buffer),
  };
}

function childrenOf(block: asn1.BaseBlock | undefined): asn1.BaseBlock[] {
  return block instanceof asn1.Sequence ? block.valueBlock.value : [];
}

function signatureAlgorithm({ asymmetricKeyType }: KeyObject, digest: Digest): Encoded {
  switch (asymmetricKeyType) {
    case "rsa":
      return Encoded.of(new x509.AlgorithmIdentifier({ algorithm: SIGNATURES.rsa[digest], parameters: null }));
    case "ec":
      return Encoded.of(new x509.AlgorithmIdentifier({ algorithm: SIGNATURES.ec[digest] }));
    case "ed25519":
      return Encoded.of(new x509.AlgorithmIdentifier({ algorithm: ED25519 }));
    default:
      throw new TypeError(`A key of type ${asymmetricKeyType ?? "unknown"} signs no certificates here.`);
  }
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

function nameOf(subject: CertificateContent["subject"]): asn1.Sequence {
  const value = Object.entries(ATTRIBUTES).flatMap(([attribute, [type, encode]]) => {
    const text = subject[attribute as keyof DistinguishedNameProps];
    return text === undefined ? [] : [new asn1.Set({ value: [new asn1.Sequence({ value: [type, encode(text)] })] })];
  });
  return new asn1.Sequence({ value });
}

/** A GeneralName (RFC 5280, section 4.2.1.6), by its tag. */
function alternativeName(tagNumber: number, valueHex: Uint8Array): asn1.Primitive {
  return new asn1.Primitive({ idBlock: { tagClass: CONTEXT, tagNumber }, valueHex });
}

function subjectKeyIdentifier(publicKey: Uint8Array): asn1.Sequence {
  return extension(SUBJECT_KEY_IDENTIFIER, new asn1.OctetString({ valueHex: identifierOf(publicKey) }));
}

/** The first method of RFC 5280, section 4.2.1.2. */
function identifierOf(publicKey: Uint8Array): Uint8Array {
  const [, bits] = childrenOf(asn1.fromBER(publicKey).result);
  if (!(bits instanceof asn1.BitString)) {
    throw new TypeError("This is not a public key.");
  }
  return createHash("sha1").update(bits.valueBlock.valueHexView).digest();
}

function keyUsage(flags: number): Encoded {
  return constant(x509.id_ce_keyUsage, new x509.KeyUsage(flags), true);
}

function constant(extnID: string, value: unknown, critical = false): Encoded {
  return Encoded.of(new x509.Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) }));
}

function extension(type: Encoded, value: asn1.BaseBlock, isCritical = false): asn1.Sequence {
  const content = new asn1.OctetString({ valueHex: value.toBER() });
  return new asn1.Sequence({ value: isCritical ? [type, TRUE, content] : [type, content] });
}

function oid(value: string): Encoded {
  return new Encoded(new asn1.ObjectIdentifier({ value }).toBER());
}

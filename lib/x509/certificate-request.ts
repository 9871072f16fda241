import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { types } from "node:util";
import { CertificationRequest } from "@peculiar/asn1-csr";
import { id_pkcs9_at_challengePassword, id_pkcs9_at_extensionRequest } from "@peculiar/asn1-pkcs9";
import { AsnConvert } from "@peculiar/asn1-schema";
import type { Name } from "@peculiar/asn1-x509";
import { InvalidInputError, quote } from "../errors";
import type { DistinguishedName } from "../values/distinguished-name";
import type { KeyParameters } from "../values/key-algorithm";
import { utf8Of } from "../values/text-file";
import { type AlternativeName, describeName, describeNames, namesInRequest } from "./alternative-names";
import { keyAlgorithmOf } from "./key-type";
import { attributesOf, toDistinguishedName } from "./name";
import { pemBlocks, toPem } from "./pem";
import { findSignatureAlgorithm, nameOfUntaken } from "./signature-algorithm";
import { refusalsOfPublicKey } from "./strictness/public-key";
import { flawsForGo } from "./strictness/request-encoding";

/** The content that a certificate signing request must have. */
export interface ExpectedRequest {
  readonly subject: DistinguishedName;
  /** Spelled as in `Address`, in any order; there is at least one name here or in {@link ipAddresses}. */
  readonly dnsNames: readonly string[];
  /** Spelled as in `Address`, in any order. */
  readonly ipAddresses: readonly string[];
  /** Whether Terraform's tls provider signs: it reads a request as Go does, and copies its subject and names unchanged. */
  readonly isForProvider: boolean;
  /** The command that makes a correct request, for the fix of a problem. */
  readonly command: string;
}

/**
 * A checked certificate signing request (PKCS #10, RFC 2986). Immutable.
 *
 * Only its key, subject and subject alternative names are used. Other requested extensions, such as key usages or CA:TRUE, are
 * ignored: the authority decides on them.
 */
export class CertificateRequest {
  private constructor(
    /** PEM with the label CERTIFICATE REQUEST: the same for a request in any given encoding. */
    public readonly pem: string,
    /** The algorithm of its key. */
    public readonly algorithm: KeyParameters["algorithm"],
    /** SubjectPublicKeyInfo, as `openssl pkey -pubout` writes it. */
    public readonly publicKeyPem: string,
  ) {}

  /**
   * Reads a request, and checks three things. It is signed with its own key; key and hash are strong; it asks for exactly the
   * expected subject and names. The order, the letter case of DNS names, the spelling of IP addresses, and what
   * {@link DistinguishedName.equals} ignores do not count.
   *
   * @param content one request: the bytes of a file, PEM or DER, or PEM text
   * @throws InvalidInputError with all flaws as one problem, because one new request fixes all of them
   */
  public static fromContent(content: Uint8Array | string, expected: ExpectedRequest): CertificateRequest {
    const der = derOf(content, expected.command);
    const { request, names } = parse(der, expected.command);
    const { subject, subjectPKInfo, attributes } = request.certificationRequestInfo;
    const spki = Buffer.from(AsnConvert.serialize(subjectPKInfo));
    const flawsOfKey = refusalsOfPublicKey(subjectPKInfo).map(({ what }) => what);
    const key = flawsOfKey.length > 0 ? undefined : toKey(spki);
    const algorithm = key && keyAlgorithmOf(key);
    const flaws = [
      ...flawsOfKey,
      ...(key === undefined ? [] : [flawOfKey(key)]),
      flawOfSignature(request, key),
      flawOfSubject(subject, expected.subject),
      ...flawsOfNames(names, expected),
      ...flawsOfForm(request),
      ...(expected.isForProvider ? flawsForProvider(der, subject, names, expected) : []),
      attributes.some(({ type }) => type === id_pkcs9_at_challengePassword)
        ? "has a challengePassword, which is a secret and would be in files that others read"
        : undefined,
    ].filter((flaw) => flaw !== undefined);
    if (flaws.length > 0 || key === undefined || algorithm === undefined) {
      throw refusal(flaws.join(", and "), `make it on the broker: ${expected.command}`);
    }
    return new CertificateRequest(
      toPem("CERTIFICATE REQUEST", der),
      algorithm,
      key.export({ type: "spki", format: "pem" }).toString(),
    );
  }
}

function refusal(reason: string, fix: string): InvalidInputError {
  return new InvalidInputError("a request", [{ path: "", value: "(a request)", reason, fix, kind: "refused" }]);
}

/** The content of a request. Without PEM armour, it is treated as DER. */
function derOf(content: Uint8Array | string, command: string): Uint8Array {
  if (typeof content !== "string" && !types.isUint8Array(content)) {
    throw refusal("is not text", "give it as PEM");
  }
  const text = typeof content === "string" ? content : utf8Of(content).toString();
  if (text.trim() === "") {
    throw refusal("is empty", `make it on the broker: ${command}`);
  }
  const labels = Array.from(text.matchAll(/-----BEGIN ([^-]+)-----/g), ([, label = ""]) => label);
  const [label] = labels;
  if (labels.some((each) => each.includes("PRIVATE KEY"))) {
    throw refusal(
      "has a private key in it, which must stay on the broker",
      "leave the key there, and give only the request",
    );
  }
  if (labels.length > 1) {
    throw refusal(`has ${labels.length} PEM blocks: ${quote(labels.join(", "))}`, "give only one request");
  }
  if (label === undefined) {
    return typeof content === "string" ? Buffer.from(content) : content;
  }
  if (!/^(NEW )?CERTIFICATE REQUEST$/.test(label)) {
    throw refusal(`has a block ${quote(label)} instead of a request`, `make it on the broker: ${command}`);
  }
  return pemBlocks(text)[0]?.data ?? new Uint8Array();
}

function parse(der: Uint8Array, command: string): { request: CertificationRequest; names: AlternativeName[] } {
  try {
    const request = AsnConvert.parse(der, CertificationRequest);
    // The parser ignores bytes after the end.
    if (Buffer.compare(new Uint8Array(AsnConvert.serialize(request)), der) === 0) {
      return { request, names: namesInRequest(request) };
    }
  } catch {
    // The parser's message does not help the person who made the request.
  }
  throw refusal(
    "is not one complete request",
    `copy it from the broker again, unchanged, or make it there: ${command}`,
  );
}

/** Undefined if node does not know the type of the key. */
function toKey(spki: Buffer): KeyObject | undefined {
  try {
    return createPublicKey({ key: spki, format: "der", type: "spki" });
  } catch {
    return undefined;
  }
}

/** A flaw that only matters for a new key: clients accept it. */
function flawOfKey(key: KeyObject): string | undefined {
  const { publicExponent = 0n } = keyAlgorithmOf(key) === "RSA" ? (key.asymmetricKeyDetails ?? {}) : {};
  return keyAlgorithmOf(key) === "RSA" && publicExponent < 65537n
    ? `has an RSA key with the public exponent ${publicExponent} (at least 65537 is required)`
    : undefined;
}

/** Forms that PKCS #10 does not allow, although most programs read them. */
function flawsOfForm({ certificationRequestInfo: { version, attributes } }: CertificationRequest): string[] {
  const asking = attributes.filter(({ type }) => type === id_pkcs9_at_extensionRequest);
  const isOne = asking.length < 2 && asking.every(({ values }) => values.length === 1);
  return [
    ...(version === 0 ? [] : [`has version ${version + 1}, but only version 1 exists (RFC 2986, section 4.1)`]),
    ...(isOne ? [] : ["asks for extensions more than once (RFC 2985, section 5.4.2)"]),
  ];
}

/** Flaws that stop the provider, or that it copies into a certificate that differs from the declaration. */
function flawsForProvider(
  der: Uint8Array,
  subject: Name,
  names: readonly AlternativeName[],
  expected: ExpectedRequest,
): string[] {
  const given = toDistinguishedName(subject);
  const asked = names.map(describeName);
  const wanted = describeNames(expected);
  const isEqual = given?.equals(expected.subject) === true;
  return [
    ...flawsForGo(der).map((flaw) => `${flaw}, which Terraform's tls provider cannot read`),
    ...(isEqual && !given.isSpelledAs(expected.subject)
      ? [`spells the subject as ${quote(given.toString())}, which Terraform's tls provider would copy`]
      : []),
    ...(asked.some((name) => !wanted.includes(name) && wanted.includes(name.toLowerCase().replace(/^dns:/, "DNS:")))
      ? ["has capital letters in its names, which Terraform's tls provider would copy"]
      : []),
    ...(new Set(asked).size < asked.length ? ["asks for a name twice, which Terraform's tls provider would copy"] : []),
  ];
}

function flawOfSignature(request: CertificationRequest, key: KeyObject | undefined): string | undefined {
  const { algorithm: oid } = request.signatureAlgorithm;
  const algorithm = findSignatureAlgorithm(oid);
  if (algorithm === undefined) {
    return `is signed with ${nameOfUntaken(oid)}, which is not supported: use RSA (PKCS #1 v1.5) or ECDSA with SHA-256, -384 or -512, or Ed25519`;
  }
  if (key === undefined) {
    return undefined;
  }
  const signed = Buffer.from(request.certificationRequestInfoRaw ?? new ArrayBuffer());
  return key.asymmetricKeyType === algorithm.keyType &&
    verify(algorithm.digest, signed, key, Buffer.from(request.signature))
    ? undefined
    : "has a signature that its key did not make";
}

function flawOfSubject(given: Name, expected: DistinguishedName): string | undefined {
  const subject = toDistinguishedName(given);
  if (subject?.equals(expected) === true) {
    return undefined;
  }
  const text =
    subject?.toString() ??
    attributesOf(given)
      .map((attribute) => attribute.join("="))
      .join(", ");
  return `has the subject ${quote(text)} instead of ${quote(expected.toString())}`;
}

function flawsOfNames(given: readonly AlternativeName[], expected: ExpectedRequest): string[] {
  if (given.length === 0) {
    return ["has no subject alternative name"];
  }
  const wanted = describeNames(expected);
  const asked = given.map(({ kind, value }) =>
    describeName({ kind, value: kind === "DNS" ? value?.toLowerCase() : value }),
  );
  const missing = wanted.filter((name) => !asked.includes(name));
  const more = asked.filter((name) => !wanted.includes(name));
  return [
    ...(missing.length === 0 ? [] : [`does not ask for ${quote(missing.join(", "))}`]),
    ...(more.length === 0 ? [] : [`also asks for ${quote(more.join(", "))}`]),
  ];
}

import type { Certificate } from "@peculiar/asn1-x509";
import type * as asn1 from "asn1js";
import { elementOf } from "../certificate";
import { childrenOf, contentOf, findEncodingFlaw, findTextFlaw, flawOfHeader, isNumbered } from "./encoding";
import { goRefuses, type Refusal, refusalOfEncoding } from "./refusal";

const VERSION_3 = 2;
const VERSION = 0;

/** The fields of a certificate (RFC 5280, section 4.1), in their order, without the rare unique identifiers. */
const FIELDS = [
  "a serial number",
  "a signature algorithm",
  "an issuer",
  "a validity",
  "a subject",
  "a public key",
] as const;
const WITH_TEXTS: readonly string[] = ["an issuer", "a subject"];

/** RFC 5280, sections 4.1.2.5.1 and 4.1.2.5.2. */
const TIME = /^(?:\d{2}|\d{4})(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d[0-5]\dZ$/;

/**
 * What clients refuse in the fields of a certificate, except the contents of its extensions.
 *
 * @param der the same certificate
 */
export function refusalsOfFields(certificate: Certificate, der: Uint8Array): Refusal[] {
  const outer = elementOf(der);
  const [toBeSigned, ...signature] = childrenOf(outer);
  const all = childrenOf(toBeSigned);
  const [serialNumber, , , validity, , publicKey] = all.filter((field) => !isVersion(field));
  return [
    ...refusalsOfVersion(certificate),
    ...refusalsOfEncoding(
      [outer, toBeSigned].flatMap((block) => block ?? []),
      signature,
      all,
    ),
    ...(serialNumber !== undefined && isNegative(serialNumber)
      ? [goRefuses("has a negative serial number (RFC 5280, section 4.1.2.2)")]
      : []),
    ...(hasUnusedBits(publicKey) ? [goRefuses("has a public key with unused bits (RFC 5480, section 2.2)")] : []),
    ...refusalsOfTimes(validity),
  ];
}

function refusalsOfVersion({ tbsCertificate }: Certificate): Refusal[] {
  const version: number = tbsCertificate.version;
  return version === VERSION_3
    ? []
    : [{ what: `has version ${version + 1}, but extensions need version 3 (RFC 5280, section 4.1.2.1)` }];
}

/** The first flaw of each field. */
function refusalsOfEncoding(
  frames: readonly asn1.BaseBlock[],
  signature: readonly asn1.BaseBlock[],
  fields: readonly asn1.BaseBlock[],
): Refusal[] {
  const frame = frames.map(flawOfHeader).find((flaw) => flaw !== undefined);
  const numbered = fields.filter((field) => !isVersion(field));
  // A self-signed certificate has the same name twice: report it once.
  const [, , issuer, , subject] = numbered.map(({ valueBeforeDecodeView }) => Buffer.from(valueBeforeDecodeView));
  const isSelfIssued = issuer !== undefined && subject?.equals(issuer) === true;
  const named = [
    ...fields.filter(isVersion).map((field) => ["a version", field] as const),
    ...numbered
      .map((field, index) => [FIELDS[index] ?? "extensions", field] as const)
      .filter(([name]) => !isSelfIssued || name !== "an issuer"),
    ...signature.map((field) => ["a signature", field] as const),
  ];
  return [
    ...(frame === undefined ? [] : [refusalOfEncoding("an outer SEQUENCE", frame)]),
    ...named.flatMap(([name, field]) => {
      const text = WITH_TEXTS.includes(name) ? findTextFlaw(field) : undefined;
      const flaw = findEncodingFlaw(field) ?? (text === undefined ? undefined : { what: text, stopsJava: false });
      return flaw === undefined ? [] : [refusalOfEncoding(name, flaw)];
    }),
  ];
}

function isVersion(field: asn1.BaseBlock): boolean {
  return isNumbered(field, VERSION);
}

/** The encoded names in a certificate. */
export function encodedNames(der: Uint8Array): { readonly issuer: Buffer; readonly subject: Buffer } {
  const [toBeSigned] = childrenOf(elementOf(der));
  const [, , issuer, , subject] = childrenOf(toBeSigned)
    .filter((field) => !isVersion(field))
    .map(({ valueBeforeDecodeView }) => Buffer.from(valueBeforeDecodeView));
  return { issuer: issuer ?? Buffer.alloc(0), subject: subject ?? Buffer.alloc(0) };
}

function isNegative(serialNumber: asn1.BaseBlock): boolean {
  return (contentOf(serialNumber)[0] ?? 0) >= 0x80;
}

function hasUnusedBits(publicKey: asn1.BaseBlock | undefined): boolean {
  const [, bits] = childrenOf(publicKey);
  return bits !== undefined && contentOf(bits)[0] !== 0;
}

function refusalsOfTimes(validity: asn1.BaseBlock | undefined): Refusal[] {
  return childrenOf(validity).some((time) => !isTime(contentOf(time).toString("latin1")))
    ? [{ what: "has a time that is not written as YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ (RFC 5280, section 4.1.2.5)" }]
    : [];
}

/** Whether a text is a valid time, on a day that exists. */
function isTime(text: string): boolean {
  if (!TIME.test(text)) {
    return false;
  }
  const [year, month, date] = [text.slice(0, -11), text.slice(-11, -9), text.slice(-9, -7)];
  // 19YY and 20YY have the same leap years, except 1900, which no certificate has.
  const day = new Date(Date.UTC(Number(year.padStart(4, "20")), Number(month) - 1, Number(date)));
  return day.getUTCDate() === Number(date);
}

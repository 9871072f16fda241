import type { X509Certificate } from "node:crypto";
import type { CertificationRequest } from "@peculiar/asn1-csr";
import { ExtensionRequest, id_pkcs9_at_extensionRequest } from "@peculiar/asn1-pkcs9";
import { AsnConvert } from "@peculiar/asn1-schema";
import { type GeneralName, id_ce_subjectAltName, SubjectAlternativeName } from "@peculiar/asn1-x509";
import { isValid, parse } from "ipaddr.js";

/** Subject alternative names (RFC 5280, section 4.2.1.6), spelled as `Address` does. */
export interface AlternativeNames {
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
}

/** A subject alternative name of any kind. */
export interface AlternativeName {
  /** In openssl's words: `DNS`, `IP`, `URI`, `email` … */
  readonly kind: string;
  /** Undefined if the name is not text. An IP address is spelled as in `Address`. */
  readonly value: string | undefined;
}

/** The kinds that have a short form in openssl. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ["dNSName", "DNS"],
  ["iPAddress", "IP"],
  ["rfc822Name", "email"],
  ["uniformResourceIdentifier", "URI"],
  ["registeredID", "RID"],
  ["directoryName", "dirName"],
]);

/** Alternative names, each with its kind, as openssl reads and shows them. */
export function describeNames({ dnsNames, ipAddresses }: AlternativeNames): string[] {
  return [...dnsNames.map((name) => `DNS:${name}`), ...ipAddresses.map((address) => `IP:${address}`)];
}

/** A name with its kind, as openssl shows it; only the kind if the name is not text. */
export function describeName({ kind, value }: AlternativeName): string {
  return value === undefined ? kind : `${kind}:${value}`;
}

/**
 * The names that a request asks for (RFC 2985, section 5.4.2), in their order.
 *
 * @throws Error if the encoding is invalid
 */
export function namesInRequest({ certificationRequestInfo }: CertificationRequest): AlternativeName[] {
  return certificationRequestInfo.attributes
    .filter(({ type }) => type === id_pkcs9_at_extensionRequest)
    .flatMap(({ values }) => values.flatMap((value) => [...AsnConvert.parse(value, ExtensionRequest)]))
    .filter(({ extnID }) => extnID === id_ce_subjectAltName)
    .flatMap(({ extnValue }) => [...AsnConvert.parse(extnValue, SubjectAlternativeName)])
    .map(toName);
}

/**
 * The names in a certificate, in their order.
 *
 * @param text the names as in node: `DNS:a.b, IP Address:192.0.2.1`; a name with a comma is quoted as in JSON
 */
export function namesInCertificate(text: string | undefined): AlternativeName[] {
  const names = text?.match(/[^,\s][^,:]*:("(?:[^"\\]|\\.)*"|[^,]*)/g) ?? [];
  return names.map((name) => {
    const [, kind = name, value] = /^([^:]*):(.*)$/s.exec(name) ?? [];
    return kind === "IP Address" ? { kind: "IP", value: ipText(value ?? "") } : { kind, value };
  });
}

/** The DNS names in a certificate, in lower case. */
export function dnsNamesIn({ subjectAltName }: X509Certificate): string[] {
  const names = namesInCertificate(subjectAltName).filter(({ kind }) => kind === "DNS");
  return names.flatMap(({ value }) => value?.toLowerCase() ?? []);
}

/** An IP address in its canonical spelling (RFC 5952); other text unchanged. */
export function ipText(text: string): string {
  return isValid(text) ? parse(text).toString() : text;
}

function toName(name: GeneralName): AlternativeName {
  const [property = "", value]: [string?, unknown?] = Object.entries(name).find(([, each]) => each !== undefined) ?? [];
  const kind = KINDS.get(property) ?? property;
  return { kind, value: typeof value !== "string" ? undefined : kind === "IP" ? ipText(value) : value };
}

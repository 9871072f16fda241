import type { DistinguishedName, DistinguishedNameProps } from "./distinguished-name";

/** In the order of Terraform's tls provider. */
const ATTRIBUTE_TYPES: Readonly<Record<keyof DistinguishedNameProps, string>> = {
  country: "C",
  province: "ST",
  locality: "L",
  organization: "O",
  organizationalUnit: "OU",
  commonName: "CN",
  emailAddress: "emailAddress",
};

/** A subject as openssl's `-subj` takes it: a backslash makes a character a part of the text. */
export function opensslSubject({ attributes }: DistinguishedName): string {
  const parts = Object.entries(ATTRIBUTE_TYPES).flatMap(([attribute, type]) => {
    const text = attributes[attribute as keyof DistinguishedNameProps];
    return text === undefined ? [] : [`/${type}=${text.replace(/[/+\\]/g, "\\$&")}`];
  });
  return parts.length === 0 ? "/" : parts.join("");
}

/** Subject alternative names (RFC 5280, section 4.2.1.6), spelled as `Address` does. */
export interface AlternativeNames {
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
}

/** Alternative names, each with its kind, as openssl takes and shows them. */
export function opensslNames({ dnsNames, ipAddresses }: AlternativeNames): string[] {
  return [...dnsNames.map((name) => `DNS:${name}`), ...ipAddresses.map((address) => `IP:${address}`)];
}

/** The extension with them, as a line of openssl.cnf: critical where the certificate has no other name. */
export function opensslNamesExtension(subject: DistinguishedName, names: AlternativeNames): string {
  return `subjectAltName = ${subject.isEmpty ? "critical, " : ""}${opensslNames(names).join(", ")}`;
}

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

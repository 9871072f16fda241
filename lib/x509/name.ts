import { AsnConvert } from "@peculiar/asn1-schema";
import { Name } from "@peculiar/asn1-x509";
import { Problems } from "../errors";
import { DistinguishedName, type DistinguishedNameProps } from "../values/distinguished-name";

/** The OIDs of attributes (RFC 5280, appendix A.1), in the order in which a certificate has them. */
export const ATTRIBUTE_OIDS: Readonly<Record<keyof DistinguishedNameProps, string>> = {
  country: "2.5.4.6",
  province: "2.5.4.8",
  locality: "2.5.4.7",
  organization: "2.5.4.10",
  organizationalUnit: "2.5.4.11",
  commonName: "2.5.4.3",
  emailAddress: "1.2.840.113549.1.9.1",
};

const ATTRIBUTES: ReadonlyMap<string, string> = new Map(
  Object.entries(ATTRIBUTE_OIDS).map(([attribute, oid]) => [oid, attribute]),
);

/** The attributes of a name in their order, each with its value. An attribute unknown to {@link DistinguishedName} has its OID. */
export function attributesOf(name: Name): (readonly [attribute: string, value: string])[] {
  return [...name].flat().map(({ type, value }) => [ATTRIBUTES.get(type) ?? type, value.toString()]);
}

/** The name; undefined if it has other attributes than a {@link DistinguishedName}, other values, or an attribute twice. */
export function toDistinguishedName(name: Name): DistinguishedName | undefined {
  const attributes = attributesOf(name);
  const props: Readonly<Record<string, string>> = Object.fromEntries(attributes);
  return Object.keys(props).length === attributes.length
    ? new Problems().attempt("", () => DistinguishedName.fromProps(props))
    : undefined;
}

/**
 * A name for people: `CN=mqtt-1.example.com, O=Example Ltd`.
 *
 * @param text the name as in node: one attribute a line; undefined for an empty name, although node's types do not say so
 */
export function oneLine(text: string | undefined): string {
  return text?.replaceAll("\n", ", ") ?? "";
}

/**
 * Whether all texts of a name have the types that RFC 5280, section 4.1.2.4, requires.
 *
 * @param der a name, or other bytes
 */
export function isOfCommonTexts(der: Uint8Array): boolean {
  try {
    const texts = [...AsnConvert.parse(der, Name)].flat().map(({ value }) => value.utf8String ?? value.printableString);
    return texts.every((text) => text !== undefined);
  } catch {
    return false;
  }
}

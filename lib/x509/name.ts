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

/** The attributes of a name in their order, each with its value; one that a {@link DistinguishedName} has not by its OID. */
export function attributesOf(name: Name): (readonly [attribute: string, value: string])[] {
  return [...name].flat().map(({ type, value }) => [ATTRIBUTES.get(type) ?? type, value.toString()]);
}

/** Undefined where it has what a {@link DistinguishedName} has not: other attributes, or values, or one of them twice. */
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
 * @param text as node has it: an attribute a line, and undefined where there is none, whatever its types say
 */
export function oneLine(text: string | undefined): string {
  return text?.replaceAll("\n", ", ") ?? "";
}

/**
 * Whether all texts of a name are of the types that certificates are to have (RFC 5280, section 4.1.2.4).
 *
 * @param der a name, or what is to be one
 */
export function isOfCommonTexts(der: Uint8Array): boolean {
  try {
    const texts = [...AsnConvert.parse(der, Name)].flat().map(({ value }) => value.utf8String ?? value.printableString);
    return texts.every((text) => text !== undefined);
  } catch {
    return false;
  }
}

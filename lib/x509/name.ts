import type { Name } from "@peculiar/asn1-x509";
import { Problems } from "../errors";
import { DistinguishedName, type DistinguishedNameProps } from "../values/distinguished-name";

/** The curves that clients know, in node's words: P-256, P-384 and P-521. */
export const CURVES: readonly unknown[] = ["prime256v1", "secp384r1", "secp521r1"];

/** By their OIDs (RFC 5280, appendix A.1). */
const ATTRIBUTES: ReadonlyMap<string, keyof DistinguishedNameProps> = new Map([
  ["2.5.4.6", "country"],
  ["2.5.4.8", "province"],
  ["2.5.4.7", "locality"],
  ["2.5.4.10", "organization"],
  ["2.5.4.11", "organizationalUnit"],
  ["2.5.4.3", "commonName"],
  ["1.2.840.113549.1.9.1", "emailAddress"],
]);

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

import * as asn1 from "asn1js";
import type { DistinguishedNameProps } from "../../../../values/distinguished-name";
import { ATTRIBUTE_OIDS } from "../../../../x509/name";
import { Encoded } from "./der";

type Attribute = keyof DistinguishedNameProps;
type AttributeType = (text: string) => asn1.BaseBlock;

const printable: AttributeType = (value) => new asn1.PrintableString({ value });
const ia5: AttributeType = (value) => new asn1.IA5String({ value });
/** Only these two types, as RFC 5280, section 4.1.2.4, requires. */
const directory: AttributeType = (value) =>
  /^[A-Za-z0-9 '()+,./:=?-]*$/.test(value) ? printable(value) : new asn1.Utf8String({ value });

/** The attributes that are not a DirectoryString (RFC 5280, appendix A.1). */
const TYPES: Readonly<Partial<Record<Attribute, AttributeType>>> = { country: printable, emailAddress: ia5 };

const OIDS = Object.entries(ATTRIBUTE_OIDS).map(
  ([attribute, oid]) => [attribute as Attribute, Encoded.oid(oid)] as const,
);

/** The subject of a certificate, encoded: its attributes in the order of Terraform's tls provider. */
export function encodeSubject(subject: Readonly<DistinguishedNameProps>): asn1.Sequence {
  const value = OIDS.flatMap(([attribute, oid]) => {
    const text = subject[attribute];
    const encode = TYPES[attribute] ?? directory;
    return text === undefined ? [] : [new asn1.Set({ value: [new asn1.Sequence({ value: [oid, encode(text)] })] })];
  });
  return new asn1.Sequence({ value });
}

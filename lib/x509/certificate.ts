import { AsnParser } from "@peculiar/asn1-schema";
import { Certificate } from "@peculiar/asn1-x509";
import { type BaseBlock, fromBER } from "asn1js";

/** The last that was read: all is asked of one certificate in a row, and thousands of them would fill the memory. */
let last: { readonly der: Uint8Array; readonly element: BaseBlock } | undefined;

/** A certificate as it stands in its encoding. */
export function elementOf(der: Uint8Array): BaseBlock {
  if (last?.der !== der) {
    last = { der, element: fromBER(der).result };
  }
  return last.element;
}

/**
 * What a certificate says (RFC 5280).
 *
 * @throws Error where it is none
 */
export function parseCertificate(der: Uint8Array): Certificate {
  const element = elementOf(der);
  if (element.error !== "") {
    throw new TypeError("This is no certificate.");
  }
  return AsnParser.fromASN(element, Certificate);
}

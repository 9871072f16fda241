import { AsnParser } from "@peculiar/asn1-schema";
import { Certificate } from "@peculiar/asn1-x509";
import { type BaseBlock, fromBER } from "asn1js";

/** Only the last element is cached: checks go certificate by certificate, and thousands of elements would fill the memory. */
let last: { readonly der: Uint8Array; readonly element: BaseBlock } | undefined;

/** The encoded structure of a certificate. */
export function elementOf(der: Uint8Array): BaseBlock {
  if (last?.der !== der) {
    last = { der, element: fromBER(der).result };
  }
  return last.element;
}

/**
 * The content of a certificate (RFC 5280).
 *
 * @throws Error if the bytes are not a certificate
 */
export function parseCertificate(der: Uint8Array): Certificate {
  const element = elementOf(der);
  if (element.error !== "") {
    throw new TypeError("This is no certificate.");
  }
  return AsnParser.fromASN(element, Certificate);
}

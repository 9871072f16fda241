import { AsnParser } from "@peculiar/asn1-schema";
import { Certificate } from "@peculiar/asn1-x509";
import { type BaseBlock, fromBER } from "asn1js";

/** By the certificates: to parse one takes longer than all that is asked of it. */
const elements = new WeakMap<Uint8Array, BaseBlock>();

/** A certificate as it stands in its encoding. */
export function elementOf(der: Uint8Array): BaseBlock {
  const element = elements.get(der) ?? fromBER(der).result;
  elements.set(der, element);
  return element;
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

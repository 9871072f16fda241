import type { Certificate } from "@peculiar/asn1-x509";
import { refusalsOfFields } from "./certificate-fields";
import { refusalsOfExtensions } from "./extension-contents";
import { refusalsOfPublicKey } from "./public-key";
import type { Refusal } from "./refusal";
import { brokenRules, type Role } from "./rules";

/**
 * Everything that Go's crypto/x509, Java's certification path, OpenSSL, or OpenSSL as Python 3.13 uses it, refuse in a
 * certificate alone. Its validity, its names for a server and its signature are checked elsewhere.
 *
 * @param der the certificate
 */
export function refusalsOf(certificate: Certificate, der: Uint8Array, role: Role): Refusal[] {
  return [
    ...refusalsOfFields(certificate, der),
    ...refusalsOfPublicKey(certificate.tbsCertificate.subjectPublicKeyInfo),
    ...refusalsOfExtensions(certificate),
    ...brokenRules(certificate, role),
  ];
}

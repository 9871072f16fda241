import type { X509Certificate } from "node:crypto";
import { AsnConvert } from "@peculiar/asn1-schema";
import {
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_nameConstraints,
  id_ce_subjectAltName,
  KeyUsage,
} from "@peculiar/asn1-x509";
import { findExtension } from "../../../../x509/extensions";
import type { CertificateContent } from "./certificate-content";

/** Reads the meaning of an extension, independent of its encoding. */
type Reader = (content: ArrayBuffer) => unknown;

const whole: Reader = (content) => Buffer.from(content).toString("hex");

const OF_ALL: ReadonlyMap<string, Reader> = new Map([
  [id_ce_keyUsage, (content) => AsnConvert.parse(content, KeyUsage).toJSON()],
  [id_ce_extKeyUsage, (content) => [...AsnConvert.parse(content, ExtendedKeyUsage)]],
  [
    id_ce_basicConstraints,
    (content) => {
      const { cA, pathLenConstraint } = AsnConvert.parse(content, BasicConstraints);
      return [cA, pathLenConstraint];
    },
  ],
  [
    id_ce_authorityKeyIdentifier,
    (content) => {
      const { keyIdentifier } = AsnConvert.parse(content, AuthorityKeyIdentifier);
      return keyIdentifier && whole(keyIdentifier.buffer);
    },
  ],
  [id_ce_nameConstraints, whole],
]);

// An authority's alternative names only repeat its e-mail address, which openssl and custody "state" leave out.
const READERS: Readonly<Record<CertificateContent["usage"]["kind"], ReadonlyMap<string, Reader>>> = {
  authority: OF_ALL,
  server: new Map([...OF_ALL, [id_ce_subjectAltName, whole]]),
};

/**
 * Whether two certificates have the same subject, issuer and uses. Their keys and expiry dates may differ.
 */
export function saysTheSame(
  one: X509Certificate,
  other: X509Certificate,
  kind: CertificateContent["usage"]["kind"],
): boolean {
  return factsOf(one, kind) === factsOf(other, kind);
}

function factsOf({ raw, subject, issuer }: X509Certificate, kind: CertificateContent["usage"]["kind"]): string {
  const certificate = AsnConvert.parse(raw, Certificate);
  const values = Array.from(READERS[kind], ([id, read]) => {
    const found = findExtension(certificate, id);
    return found && [found.critical, read(found.extnValue.buffer)];
  });
  // Node returns undefined for an empty subject, unlike its types.
  return JSON.stringify([subject, issuer, values]);
}

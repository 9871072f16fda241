import { isIP } from "node:net";
import { AsnConvert } from "@peculiar/asn1-schema";
import {
  Certificate,
  id_ce_basicConstraints,
  id_ce_certificatePolicies,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_kp_serverAuth,
  KeyUsage,
} from "@peculiar/asn1-x509";
import { BROKEN_HASHES } from "../../x509/authority-certificate";
import type { ReadCertificate } from "../certificate";
import { certain, doubtful, type Reason } from "./reason";

/** The critical extensions of a server's certificate that clients understand. */
const UNDERSTOOD: readonly string[] = [
  id_ce_basicConstraints,
  id_ce_certificatePolicies,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
];

/** What keeps a client that dials an address from accepting the certificate as a server's, whoever signed it. */
export function serverReasons(read: ReadCertificate, address: string): Reason[] {
  return [...nameReasons(read, address), ...purposeReasons(read), ...keyReasons(read), ...contentReasons(read)];
}

function nameReasons({ facts, x509 }: ReadCertificate, address: string): Reason[] {
  if (facts.names.length === 0) {
    return [certain("has no subject alternative name, and clients heed no other")];
  }
  const isFor =
    isIP(address) === 0
      ? x509.checkHost(address.replace(/^\*\./, "any."), { subject: "never" })
      : x509.checkIP(address);
  return isFor === undefined ? [certain("is for no server that is dialled by this address")] : [];
}

function purposeReasons({ x509 }: ReadCertificate): Reason[] {
  return isForServers(x509.keyUsage) ? [] : [certain("is not for servers (extended key usage)")];
}

/** @param purposes as Node has those of the extended key usage: undefined without one, whatever its types say */
function isForServers(purposes: readonly string[] | undefined): boolean {
  return purposes === undefined || purposes.includes(id_kp_serverAuth);
}

function keyReasons({ facts }: ReadCertificate): Reason[] {
  const bits = /^RSA (\d+)$/.exec(facts.keyType)?.[1];
  return bits !== undefined && Number(bits) < 2048 ? [certain("has a weak key")] : [];
}

function contentReasons({ x509 }: ReadCertificate): Reason[] {
  let certificate: Certificate;
  try {
    certificate = AsnConvert.parse(x509.raw, Certificate);
  } catch {
    return [doubtful("is not understood here in all its parts")];
  }
  const { extensions } = certificate.tbsCertificate;
  const keyUsage = extensions?.find(({ extnID }) => extnID === id_ce_keyUsage);
  const uses = keyUsage && AsnConvert.parse(keyUsage.extnValue, KeyUsage).toJSON();
  const unknown = extensions?.filter(({ critical, extnID }) => critical && !UNDERSTOOD.includes(extnID)) ?? [];
  return [
    ...(BROKEN_HASHES.has(certificate.signatureAlgorithm.algorithm)
      ? [certain("is signed over a hash that is broken")]
      : []),
    ...(uses?.some((use) => ["digitalSignature", "keyEncipherment", "keyAgreement"].includes(use)) === false
      ? [certain("has a key that is not for TLS (key usage)")]
      : []),
    ...unknown.map(({ extnID }) => certain(`has the critical extension ${extnID}, which clients do not know`)),
  ];
}

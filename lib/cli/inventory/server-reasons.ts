import { isIP } from "node:net";
import { type Certificate, id_ce_keyUsage, id_kp_serverAuth, KeyUsage } from "@peculiar/asn1-x509";
import { parseCertificate } from "../../x509/certificate";
import { readSoundExtension, unknownExtensions } from "../../x509/extensions";
import { refusalsOf } from "../../x509/strictness/refusals";
import { brokenHash } from "../../x509/signature-algorithm";
import { day } from "../../values/time";
import type { ReadCertificate } from "../read/certificate";
import { labelOf } from "../read/names";
import type { Authority } from "./authority";
import type { Client } from "./client";
import { certain, doubtful, type Reason, reasonOf } from "./reason";

/**
 * Why a client that dials an address refuses a server's certificate at a time.
 *
 * @param client the client with its trust anchors; undefined if they are not known
 * @param presented the authorities that come with the certificate, in any order
 */
export function serverReasons(
  read: ReadCertificate,
  address: string,
  client: Client | undefined,
  presented: readonly Authority[],
  now: Date,
): Reason[] {
  return [
    ...timeReasons(read, now),
    ...nameReasons(read, address),
    ...purposeReasons(read),
    ...contentReasons(read),
    ...issuerReasons(read, client, presented, namesForConstraints(read)),
  ];
}

/**
 * Why a client refuses the issuer of a certificate.
 *
 * @param dnsNames the DNS names in the server's certificate
 */
export function issuerReasons(
  { x509 }: ReadCertificate,
  client: Client | undefined,
  presented: readonly Authority[],
  dnsNames: readonly string[],
): readonly Reason[] {
  return client === undefined
    ? [doubtful("comes without a ca.pem, so the trust anchors of clients are unknown")]
    : client.reasonsAgainst(x509, presented, dnsNames);
}

function timeReasons({ facts }: ReadCertificate, now: Date): Reason[] {
  const [start, end] = [new Date(facts.notBefore), new Date(facts.notAfter)];
  return [
    ...(now > end ? [certain(`expired on ${day(end)}`)] : []),
    ...(now < start ? [certain(`is not valid before ${day(start)}`)] : []),
  ];
}

/** Why a client that dials an address refuses the names in a certificate. */
export function nameReasons({ facts, x509 }: ReadCertificate, address: string): Reason[] {
  if (facts.names.length === 0) {
    return [certain("has no subject alternative name, and clients ignore the common name")];
  }
  const dialled = address.replace(/^\*\./, "any.");
  const isFor = isIP(address) === 0 ? x509.checkHost(dialled, { subject: "never" }) : x509.checkIP(address);
  // OpenSSL matches a leading dot with all names below it, and an asterisk with itself; no client dials such names.
  return isFor === undefined || /^\.|\*/.test(dialled) ? [certain("is not valid for this address")] : [];
}

function purposeReasons({ x509 }: ReadCertificate): Reason[] {
  return isForServers(x509.keyUsage) ? [] : [certain("is not valid for servers (extended key usage)")];
}

/** @param purposes the extended key usage as Node returns it: undefined without the extension, despite the type */
function isForServers(purposes: readonly string[] | undefined): boolean {
  return purposes === undefined || purposes.includes(id_kp_serverAuth);
}

function contentReasons({ x509 }: ReadCertificate): Reason[] {
  let certificate: Certificate;
  try {
    certificate = parseCertificate(x509.raw);
  } catch {
    return [doubtful("has parts that mqtt-pki cannot read")];
  }
  const uses = readSoundExtension(certificate, id_ce_keyUsage, KeyUsage)?.toJSON();
  const isBroken = brokenHash(certificate.signatureAlgorithm.algorithm) !== undefined;
  return [
    ...(isBroken ? [certain("is signed with a broken hash")] : []),
    ...(uses?.some((use) => ["digitalSignature", "keyEncipherment", "keyAgreement"].includes(use)) === false
      ? [certain("has a key that is not valid for TLS (key usage)")]
      : []),
    ...unknownExtensions(certificate, "server").map((oid) =>
      certain(`has the critical extension ${oid}, which clients do not understand`),
    ),
    ...refusalsOf(certificate, x509.raw, "server").map(reasonOf),
  ];
}

/** The names that DNS name constraints apply to: without other names, OpenSSL uses the common name. */
function namesForConstraints({ facts }: ReadCertificate): string[] {
  const names = facts.names.flatMap((name) => {
    const isOther = isIP(name) !== 0 || name.includes(":");
    // A DNS name that looks like an IP address has this prefix.
    return name.startsWith("DNS:") ? [name.slice("DNS:".length)] : isOther ? [] : [name];
  });
  const commonName = labelOf(facts.subject);
  const looksLikeName = /^[\w-]+(\.[\w-]+)+$/.test(commonName);
  return (names.length === 0 && looksLikeName ? [commonName] : names).map((name) => name.toLowerCase());
}

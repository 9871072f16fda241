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
 * What keeps a client that dials an address from accepting a server's certificate at a time.
 *
 * @param client what is trusted; undefined where that is not known
 * @param presented the authorities that come with it, in any order
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
 * What keeps a client from accepting who signed a certificate.
 *
 * @param dnsNames those that the server's certificate is for
 */
export function issuerReasons(
  { x509 }: ReadCertificate,
  client: Client | undefined,
  presented: readonly Authority[],
  dnsNames: readonly string[],
): readonly Reason[] {
  return client === undefined
    ? [doubtful("comes without a ca.pem, so that what clients trust is not known")]
    : client.reasonsAgainst(x509, presented, dnsNames);
}

function timeReasons({ facts }: ReadCertificate, now: Date): Reason[] {
  const [start, end] = [new Date(facts.notBefore), new Date(facts.notAfter)];
  return [
    ...(now > end ? [certain(`ended on ${day(end)}`)] : []),
    ...(now < start ? [certain(`is not valid before ${day(start)}`)] : []),
  ];
}

/** What keeps a client that dials an address from accepting a certificate for it. */
export function nameReasons({ facts, x509 }: ReadCertificate, address: string): Reason[] {
  if (facts.names.length === 0) {
    return [certain("has no subject alternative name, and clients ignore the common name")];
  }
  const dialled = address.replace(/^\*\./, "any.");
  const isFor = isIP(address) === 0 ? x509.checkHost(dialled, { subject: "never" }) : x509.checkIP(address);
  // OpenSSL takes a dot in front for all names below, and an asterisk for itself: nobody dials either.
  return isFor === undefined || /^\.|\*/.test(dialled) ? [certain("is not for this address")] : [];
}

function purposeReasons({ x509 }: ReadCertificate): Reason[] {
  return isForServers(x509.keyUsage) ? [] : [certain("is not for servers (extended key usage)")];
}

/** @param purposes as Node has those of the extended key usage: undefined without one, whatever its types say */
function isForServers(purposes: readonly string[] | undefined): boolean {
  return purposes === undefined || purposes.includes(id_kp_serverAuth);
}

function contentReasons({ x509 }: ReadCertificate): Reason[] {
  let certificate: Certificate;
  try {
    certificate = parseCertificate(x509.raw);
  } catch {
    return [doubtful("has parts that cannot be read here")];
  }
  const uses = readSoundExtension(certificate, id_ce_keyUsage, KeyUsage)?.toJSON();
  const isBroken = brokenHash(certificate.signatureAlgorithm.algorithm) !== undefined;
  return [
    ...(isBroken ? [certain("is signed with a broken hash")] : []),
    ...(uses?.some((use) => ["digitalSignature", "keyEncipherment", "keyAgreement"].includes(use)) === false
      ? [certain("has a key that is not for TLS (key usage)")]
      : []),
    ...unknownExtensions(certificate, "server").map((oid) =>
      certain(`has the critical extension ${oid}, which clients do not know`),
    ),
    ...refusalsOf(certificate, x509.raw, "server").map(reasonOf),
  ];
}

/** The names that constraints of DNS names are about: OpenSSL takes the common name for one where there are no others. */
function namesForConstraints({ facts }: ReadCertificate): string[] {
  const names = facts.names.flatMap((name) => {
    const isOther = isIP(name) !== 0 || name.includes(":");
    // That of an IP address is shown so.
    return name.startsWith("DNS:") ? [name.slice("DNS:".length)] : isOther ? [] : [name];
  });
  const commonName = labelOf(facts.subject);
  const looksLikeName = /^[\w-]+(\.[\w-]+)+$/.test(commonName);
  return (names.length === 0 && looksLikeName ? [commonName] : names).map((name) => name.toLowerCase());
}

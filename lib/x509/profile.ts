import {
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_nameConstraints,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  id_kp_clientAuth,
  id_kp_serverAuth,
} from "@peculiar/asn1-x509";
import { findCurve } from "./key-type";
import type { Digest } from "./signature-algorithm";

/** What a key may be used for (RFC 5280, section 4.2.1.3). */
export type KeyUse = "digitalSignature" | "keyEncipherment" | "keyCertSign" | "cRLSign";

/** An extension that a certificate has, where there is something to say in it. */
export interface ProfileExtension {
  /** Its OID. */
  readonly id: string;
  readonly isCritical: boolean | "without a subject";
}

/** What certificates of one kind say (RFC 5280), whatever makes them. */
export interface Profile {
  readonly isAuthority: boolean;
  readonly keyUsage: readonly KeyUse[];
  /** The OIDs of the purposes that it is for; none where it is for all. */
  readonly extendedKeyUsage: readonly string[];
  /** In their order. */
  readonly extensions: readonly ProfileExtension[];
}

/** For signing certificates. */
export const AUTHORITY: Profile = {
  isAuthority: true,
  keyUsage: ["keyCertSign", "cRLSign"],
  extendedKeyUsage: [],
  extensions: [
    { id: id_ce_keyUsage, isCritical: true },
    { id: id_ce_basicConstraints, isCritical: true },
    { id: id_ce_subjectKeyIdentifier, isCritical: false },
    { id: id_ce_nameConstraints, isCritical: true },
    // An e-mail address of the subject (section 4.1.2.6).
    { id: id_ce_subjectAltName, isCritical: false },
  ],
};

/** For TLS servers whose key signs alone. */
const SERVER: Profile = {
  isAuthority: false,
  keyUsage: ["digitalSignature"],
  extendedKeyUsage: [id_kp_serverAuth],
  extensions: [
    { id: id_ce_keyUsage, isCritical: true },
    { id: id_ce_extKeyUsage, isCritical: false },
    { id: id_ce_basicConstraints, isCritical: true },
    { id: id_ce_subjectKeyIdentifier, isCritical: false },
    { id: id_ce_authorityKeyIdentifier, isCritical: false },
    // Section 4.2.1.6.
    { id: id_ce_subjectAltName, isCritical: "without a subject" },
  ],
};

/** For TLS servers that are clients of others too. */
const PEER: Profile = { ...SERVER, extendedKeyUsage: [id_kp_serverAuth, id_kp_clientAuth] };

const ENCIPHERING: readonly KeyUse[] = ["digitalSignature", "keyEncipherment"];
const ENCIPHERING_SERVER: Profile = { ...SERVER, keyUsage: ENCIPHERING };
const ENCIPHERING_PEER: Profile = { ...PEER, keyUsage: ENCIPHERING };

/** All that {@link serverProfile} knows. */
export const SERVER_PROFILES: readonly Profile[] = [SERVER, PEER, ENCIPHERING_SERVER, ENCIPHERING_PEER];

/** What a server's certificate is for, beside serving. */
export interface ServerUses {
  /** Whether its key may encipher others, which old clients want of RSA. */
  readonly canEncipher: boolean;
  /** Whether it is a client's too. */
  readonly clientAuth: boolean;
}

/** For TLS servers. */
export function serverProfile({ canEncipher, clientAuth }: ServerUses): Profile {
  return canEncipher ? (clientAuth ? ENCIPHERING_PEER : ENCIPHERING_SERVER) : clientAuth ? PEER : SERVER;
}

/** By the names of curves. */
const DIGESTS: ReadonlyMap<string | undefined, Digest> = new Map([
  ["P-384", "sha384"],
  ["P-521", "sha512"],
]);

/**
 * What a key signs, as Terraform's tls provider chooses; with Ed25519, which has a hash of its own, it does not count.
 *
 * @param curve any name of the key's; undefined where it is on none
 */
export function digestFor(curve: string | undefined): Digest {
  return DIGESTS.get(findCurve(curve)?.name) ?? "sha256";
}

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

/** An extension of a certificate. It is left out if it would be empty. */
export interface ProfileExtension {
  /** Its OID. */
  readonly id: string;
  readonly isCritical: boolean | "without a subject";
}

/** The profile of a kind of certificates (RFC 5280), in both custodies. */
export interface Profile {
  readonly isAuthority: boolean;
  readonly keyUsage: readonly KeyUse[];
  /** The OIDs of its purposes; empty for all purposes. */
  readonly extendedKeyUsage: readonly string[];
  /** In their order in a certificate. */
  readonly extensions: readonly ProfileExtension[];
}

/** The profile of an authority. */
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

/** The profile of a TLS server whose key only signs. */
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

/** The profile of a TLS server that is a client too. */
const PEER: Profile = { ...SERVER, extendedKeyUsage: [id_kp_serverAuth, id_kp_clientAuth] };

const ENCIPHERING: readonly KeyUse[] = ["digitalSignature", "keyEncipherment"];
const ENCIPHERING_SERVER: Profile = { ...SERVER, keyUsage: ENCIPHERING };
const ENCIPHERING_PEER: Profile = { ...PEER, keyUsage: ENCIPHERING };

/** All results of {@link serverProfile}. */
export const SERVER_PROFILES: readonly Profile[] = [SERVER, PEER, ENCIPHERING_SERVER, ENCIPHERING_PEER];

/** The further uses of a server certificate. */
export interface ServerUses {
  /** Whether its key may encipher other keys, which old clients need with RSA. */
  readonly canEncipher: boolean;
  /** Whether it is a client certificate too. */
  readonly clientAuth: boolean;
}

/** The profile of a TLS server. */
export function serverProfile({ canEncipher, clientAuth }: ServerUses): Profile {
  return canEncipher ? (clientAuth ? ENCIPHERING_PEER : ENCIPHERING_SERVER) : clientAuth ? PEER : SERVER;
}

/** By the names of curves. */
const DIGESTS: ReadonlyMap<string | undefined, Digest> = new Map([
  ["P-384", "sha384"],
  ["P-521", "sha512"],
]);

/**
 * The hash that a key signs, as Terraform's tls provider chooses it. Ed25519 ignores it, because it has its own hash.
 *
 * @param curve any name of the key's curve; undefined without a curve
 */
export function digestFor(curve: string | undefined): Digest {
  return DIGESTS.get(findCurve(curve)?.name) ?? "sha256";
}

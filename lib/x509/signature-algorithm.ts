/** The hash of a signature, in node's words. */
export type Digest = "sha256" | "sha384" | "sha512";

/** How a certificate or a request is signed. */
interface SignatureAlgorithm {
  readonly oid: string;
  /** The type of the key, in node's words. */
  readonly keyType: "rsa" | "ec" | "ed25519";
  /** Null if the type of key has its own hash. */
  readonly digest: Digest | null;
}

/** RFC 8017, appendix C; RFC 5758, section 3.2; RFC 8410, section 3. */
const TAKEN: readonly SignatureAlgorithm[] = [
  { oid: "1.2.840.113549.1.1.11", keyType: "rsa", digest: "sha256" },
  { oid: "1.2.840.113549.1.1.12", keyType: "rsa", digest: "sha384" },
  { oid: "1.2.840.113549.1.1.13", keyType: "rsa", digest: "sha512" },
  { oid: "1.2.840.10045.4.3.2", keyType: "ec", digest: "sha256" },
  { oid: "1.2.840.10045.4.3.3", keyType: "ec", digest: "sha384" },
  { oid: "1.2.840.10045.4.3.4", keyType: "ec", digest: "sha512" },
  { oid: "1.3.101.112", keyType: "ed25519", digest: null },
];

/** Algorithms with hashes for which collisions are known (RFC 3279, section 2.2), and the names of the hashes. */
const BROKEN: ReadonlyMap<string, string> = new Map([
  ["1.2.840.113549.1.1.4", "MD5"],
  ["1.2.840.113549.1.1.5", "SHA-1"],
  ["1.2.840.10045.4.1", "SHA-1"],
]);

/** Names of other unsupported algorithms, for messages. */
const UNUSUAL: ReadonlyMap<string, string> = new Map([
  ["1.2.840.113549.1.1.14", "SHA-224"],
  ["1.2.840.10045.4.3.1", "SHA-224"],
  ["1.2.840.113549.1.1.10", "RSASSA-PSS"],
]);

/** A supported algorithm by its OID; undefined for any other. */
export function findSignatureAlgorithm(oid: string): SignatureAlgorithm | undefined {
  return TAKEN.find((algorithm) => algorithm.oid === oid);
}

/**
 * The algorithm for a type of key; undefined if such keys do not sign.
 *
 * @param digest ignored for a type of key with its own hash
 */
export function chooseSignatureAlgorithm(keyType: string | undefined, digest: Digest): SignatureAlgorithm | undefined {
  return TAKEN.find((algorithm) => algorithm.keyType === keyType && [digest, null].includes(algorithm.digest));
}

/** The name of the algorithm's hash if collisions of it are known; undefined for any other. */
export function brokenHash(oid: string): string | undefined {
  return BROKEN.get(oid);
}

/** The name of an unsupported algorithm. */
export function nameOfUntaken(oid: string): string {
  return brokenHash(oid) ?? UNUSUAL.get(oid) ?? oid;
}

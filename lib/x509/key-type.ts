import type { KeyObject } from "node:crypto";
import { AsnConvert } from "@peculiar/asn1-schema";
import { type AlgorithmIdentifier, SubjectPublicKeyInfo } from "@peculiar/asn1-x509";
import { fromBER, ObjectIdentifier } from "asn1js";
import type { KeyParameters } from "../values/key-algorithm";

/** A curve that clients support, with its names. */
interface Curve {
  /** NIST's (FIPS 186-5). */
  readonly name: string;
  /** OpenSSL's, and so node's. */
  readonly openssl: string;
  readonly oid: string;
  /** The number of bytes of a coordinate. */
  readonly octets: number;
  /** The name in {@link KeyParameters}; undefined if no key is made on the curve. */
  readonly parameter: KeyParameters["ecdsaCurve"];
}

/** RFC 5480, section 2.1.1.1. */
const CURVES: readonly Curve[] = [
  { name: "P-256", openssl: "prime256v1", oid: "1.2.840.10045.3.1.7", octets: 32, parameter: "P256" },
  { name: "P-384", openssl: "secp384r1", oid: "1.3.132.0.34", octets: 48, parameter: "P384" },
  { name: "P-521", openssl: "secp521r1", oid: "1.3.132.0.35", octets: 66, parameter: undefined },
];

/** Names of other curves, for messages (SEC 2; RFC 5639). */
const UNUSUAL: ReadonlyMap<string, string> = new Map([
  ["1.3.132.0.33", "P-224"],
  ["1.3.132.0.10", "secp256k1"],
  ["1.3.36.3.3.2.8.1.1.7", "brainpoolP256r1"],
  ["1.3.36.3.3.2.8.1.1.11", "brainpoolP384r1"],
  ["1.3.36.3.3.2.8.1.1.13", "brainpoolP512r1"],
]);

/** By node's names of types of keys. */
const ALGORITHMS: ReadonlyMap<string | undefined, KeyParameters["algorithm"]> = new Map([
  ["rsa", "RSA"],
  ["ec", "ECDSA"],
  ["ed25519", "ED25519"],
]);

/** Clients refuse shorter keys. */
export const RSA_BITS_AT_LEAST = 2048;

/**
 * A curve by any of its names; undefined if clients do not support it.
 *
 * @param name undefined for a key without a curve
 */
export function findCurve(name: string | undefined): Curve | undefined {
  return CURVES.find(
    ({ name: nist, openssl, oid, parameter }) => name !== undefined && [nist, openssl, oid, parameter].includes(name),
  );
}

/** The algorithm of a key; undefined if it is not supported. */
export function keyAlgorithmOf({ asymmetricKeyType }: KeyObject): KeyParameters["algorithm"] | undefined {
  return ALGORITHMS.get(asymmetricKeyType);
}

/** The type of a key, for people: `RSA 2048`, `ECDSA P-256`, `Ed25519`. */
export function describeKey(key: KeyObject): string {
  switch (keyAlgorithmOf(key)) {
    case "RSA":
      return `RSA ${key.asymmetricKeyDetails?.modulusLength ?? 0}`;
    case "ECDSA":
      return `ECDSA ${nameOfCurve(curveOf(key) ?? "")}`.trimEnd();
    case "ED25519":
      return "Ed25519";
    case undefined:
      return key.asymmetricKeyType ?? "unknown";
  }
}

/**
 * The OID of a public key's curve; undefined without a named curve.
 *
 * It is read from the encoding: Node.js aborts the process when asked for the details of an invalid point.
 */
export function curveOf(key: KeyObject): string | undefined {
  try {
    return curveIn(AsnConvert.parse(key.export({ type: "spki", format: "der" }), SubjectPublicKeyInfo).algorithm);
  } catch {
    return undefined;
  }
}

/** The OID of a key's curve; undefined if the curve has explicit parameters. */
export function curveIn({ parameters }: AlgorithmIdentifier): string | undefined {
  const element = parameters ? fromBER(parameters).result : undefined;
  return element instanceof ObjectIdentifier ? element.valueBlock.toString() : undefined;
}

/** The name of a curve by its OID; the OID if the name is unknown. */
export function nameOfCurve(oid: string): string {
  return findCurve(oid)?.name ?? UNUSUAL.get(oid) ?? oid;
}

import type { KeyObject } from "node:crypto";
import type { KeyParameters } from "../values/key-algorithm";

/** A curve that clients know, by its names. */
interface Curve {
  /** NIST's (FIPS 186-5). */
  readonly name: string;
  /** OpenSSL's, and so node's. */
  readonly openssl: string;
  readonly oid: string;
  /** That of {@link KeyParameters}; undefined where no key is made on the curve. */
  readonly parameter: KeyParameters["ecdsaCurve"];
}

/** RFC 5480, section 2.1.1.1. */
const CURVES: readonly Curve[] = [
  { name: "P-256", openssl: "prime256v1", oid: "1.2.840.10045.3.1.7", parameter: "P256" },
  { name: "P-384", openssl: "secp384r1", oid: "1.3.132.0.34", parameter: "P384" },
  { name: "P-521", openssl: "secp521r1", oid: "1.3.132.0.35", parameter: undefined },
];

/** By node's names of types of keys. */
const ALGORITHMS: ReadonlyMap<string | undefined, KeyParameters["algorithm"]> = new Map([
  ["rsa", "RSA"],
  ["ec", "ECDSA"],
  ["ed25519", "ED25519"],
]);

/** Clients refuse less. */
export const RSA_BITS_AT_LEAST = 2048;

/**
 * A curve by any of its names; undefined where clients do not know it.
 *
 * @param name undefined of what is on no curve
 */
export function findCurve(name: string | undefined): Curve | undefined {
  return CURVES.find(
    ({ name: nist, openssl, oid, parameter }) => name !== undefined && [nist, openssl, oid, parameter].includes(name),
  );
}

/** Undefined where it is of another type than those that are taken. */
export function keyAlgorithmOf({ asymmetricKeyType }: KeyObject): KeyParameters["algorithm"] | undefined {
  return ALGORITHMS.get(asymmetricKeyType);
}

/** Whether clients know such a key, and do not find it weak. */
export function isStrong(key: KeyObject): boolean {
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  switch (keyAlgorithmOf(key)) {
    case "RSA":
      return modulusLength >= RSA_BITS_AT_LEAST;
    case "ECDSA":
      return findCurve(namedCurve) !== undefined;
    case "ED25519":
      return true;
    case undefined:
      return false;
  }
}

/** For people: `RSA 2048`, `ECDSA P-256`, `Ed25519`. */
export function describeKey(key: KeyObject): string {
  const { modulusLength = 0, namedCurve = "" } = key.asymmetricKeyDetails ?? {};
  switch (keyAlgorithmOf(key)) {
    case "RSA":
      return `RSA ${modulusLength}`;
    case "ECDSA":
      return `ECDSA ${findCurve(namedCurve)?.name ?? namedCurve.replace("secp224r1", "P-224")}`.trimEnd();
    case "ED25519":
      return "Ed25519";
    case undefined:
      return key.asymmetricKeyType ?? "unknown";
  }
}

import type { AlgorithmIdentifier, SubjectPublicKeyInfo } from "@peculiar/asn1-x509";
import type { BaseBlock } from "asn1js";
import { curveIn, findCurve, nameOfCurve, RSA_BITS_AT_LEAST } from "../key-type";
import { childrenOf, contentOf, findEncodingFlaw, readElement } from "./encoding";
import { goRefuses, type Refusal, refusalOfEncoding } from "./refusal";
import { weaknessOf } from "./weak-rsa";

/** RFC 3279, section 2.3.1; RFC 5480, section 2.1.1; RFC 8410, section 3. */
const [RSA, EC, ED25519] = ["1.2.840.113549.1.1.1", "1.2.840.10045.2.1", "1.3.101.112"] as const;

/** Names of other types of keys (RFC 4055, section 1.2; RFC 3279, section 2.3.2; RFC 8410, section 3). */
const OTHERS: ReadonlyMap<string, string> = new Map([
  ["1.2.840.113549.1.1.10", "RSASSA-PSS"],
  ["1.2.840.10040.4.1", "DSA"],
  ["1.3.101.113", "Ed448"],
]);

/** Go accepts no longer keys in a handshake. */
const RSA_BITS_AT_MOST = 8192;

/** The first octet of a point with both its coordinates (SEC 1, section 2.3.3). */
const UNCOMPRESSED = 0x04;

/**
 * What clients refuse in a key. Call this before any other check of a key: Node.js aborts the process when asked for the details
 * of an invalid point.
 */
export function refusalsOfPublicKey({ algorithm, subjectPublicKey }: SubjectPublicKeyInfo): Refusal[] {
  const key = Buffer.from(subjectPublicKey);
  switch (algorithm.algorithm) {
    case RSA:
      // Absent parameters are undefined, and NULL is null.
      return refusalsOfRsa(key, algorithm.parameters === null);
    case EC:
      return refusalsOfEc(key, algorithm);
    case ED25519:
      return algorithm.parameters === undefined
        ? []
        : [goRefuses("has an Ed25519 key with parameters (RFC 8410, section 3)")];
    default:
      return [
        {
          what: `has a key of type ${OTHERS.get(algorithm.algorithm) ?? algorithm.algorithm} (clients accept RSA, EC and Ed25519)`,
        },
      ];
  }
}

function refusalsOfRsa(key: Buffer, isNull: boolean): Refusal[] {
  const read = readElement(key);
  const [modulus, exponent, ...others] = childrenOf(read?.element).map(numberIn);
  if (read === undefined || modulus === undefined || exponent === undefined || others.length > 0) {
    return [{ what: "has an RSA key that cannot be read" }];
  }
  const bits = modulus > 0n ? modulus.toString(2).length : 0;
  if (bits < RSA_BITS_AT_LEAST) {
    return [{ what: `has an RSA key of ${bits} bits (clients require at least ${RSA_BITS_AT_LEAST})` }];
  }
  if (exponent < 3n || exponent % 2n === 0n) {
    return [{ what: "has an RSA key with a public exponent that is even, or less than 3 (RFC 8017, section 3.1)" }];
  }
  const weakness = weaknessOf(modulus);
  const flaw = findEncodingFlaw(read.element);
  return [
    ...(weakness === undefined ? [] : [{ what: `has an RSA key ${weakness}` }]),
    ...(bits > RSA_BITS_AT_MOST
      ? [{ what: `has an RSA key of ${bits} bits (clients accept at most ${RSA_BITS_AT_MOST})`, by: ["Go"] } as const]
      : []),
    ...(exponent >= 1n << 31n ? [goRefuses("has an RSA key with a public exponent over 2147483647")] : []),
    ...(isNull ? [] : [goRefuses("has an RSA key without NULL for parameters (RFC 3279, section 2.3.1)")]),
    ...(flaw === undefined ? [] : [refusalOfEncoding("an RSA key", flaw)]),
    ...(read.isWhole ? [] : [{ what: "has an RSA key with more after its end", by: ["Java"] } as const]),
  ];
}

function refusalsOfEc(point: Buffer, algorithm: AlgorithmIdentifier): Refusal[] {
  const oid = curveIn(algorithm);
  if (oid === undefined) {
    return [{ what: "has a key on a curve with explicit parameters instead of a name (RFC 5480, section 2.1.1)" }];
  }
  const curve = findCurve(oid);
  if (curve === undefined) {
    return [{ what: `has a key on the curve ${nameOfCurve(oid)} (clients accept P-256, P-384 and P-521)` }];
  }
  return point[0] === UNCOMPRESSED && point.length === 1 + 2 * curve.octets
    ? []
    : [{ what: "has a key that is not an uncompressed point on its curve (RFC 5480, section 2.2)" }];
}

/** The value of an integer in two's complement (X.690, section 8.3.3). */
function numberIn(integer: BaseBlock): bigint {
  const bytes = contentOf(integer);
  return bytes.length === 0 ? 0n : BigInt.asIntN(8 * bytes.length, BigInt(`0x${bytes.toString("hex")}`));
}

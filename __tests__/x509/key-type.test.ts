import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { keyAlgorithmOf, describeKey, findCurve } from "../../lib/x509/key-type";

const rsa = (modulusLength: number): KeyObject => generateKeyPairSync("rsa", { modulusLength }).publicKey;
const ec = (namedCurve: string): KeyObject => generateKeyPairSync("ec", { namedCurve }).publicKey;

it.each<[KeyObject, text: string, algorithm: string | undefined]>([
  [rsa(1024), "RSA 1024", "RSA"],
  [rsa(2048), "RSA 2048", "RSA"],
  [ec("P-256"), "ECDSA P-256", "ECDSA"],
  [ec("P-384"), "ECDSA P-384", "ECDSA"],
  [ec("P-521"), "ECDSA P-521", "ECDSA"],
  [ec("secp224r1"), "ECDSA P-224", "ECDSA"],
  [ec("secp256k1"), "ECDSA secp256k1", "ECDSA"],
  [generateKeyPairSync("ed25519").publicKey, "Ed25519", "ED25519"],
  [generateKeyPairSync("ed448").publicKey, "ed448", undefined],
])("describeKey describes a key", (key, text, algorithm) => {
  expect([describeKey(key), keyAlgorithmOf(key)]).toEqual([text, algorithm]);
});

it.each([
  ["P-256", "prime256v1", "1.2.840.10045.3.1.7", "P256"],
  ["P-384", "secp384r1", "1.3.132.0.34", "P384"],
])("findCurve finds %s by each of its names", (...names) => {
  expect(names.map((name) => findCurve(name)?.name)).toEqual(names.map(() => names[0]));
});

it.each([undefined, "", "sha256", "secp256k1"])("findCurve finds no curve for %p", (name) => {
  expect(findCurve(name)).toBeUndefined();
});

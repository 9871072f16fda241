import {
  brokenHash,
  chooseSignatureAlgorithm,
  findSignatureAlgorithm,
  nameOfUntaken,
} from "../../lib/x509/signature-algorithm";

const SHA1_WITH_RSA = "1.2.840.113549.1.1.5";

it.each([
  ["rsa", "sha256", "1.2.840.113549.1.1.11"],
  ["ec", "sha384", "1.2.840.10045.4.3.3"],
  ["ed25519", "sha512", "1.3.101.112"],
] as const)("chooseSignatureAlgorithm: a key of type %s signs a %s with %s", (keyType, digest, oid) => {
  expect(chooseSignatureAlgorithm(keyType, digest)).toBe(findSignatureAlgorithm(oid));
  expect(findSignatureAlgorithm(oid)?.keyType).toBe(keyType);
  expect(brokenHash(oid)).toBeUndefined();
});

it("chooseSignatureAlgorithm finds nothing for other types of keys", () => {
  expect(chooseSignatureAlgorithm("ed448", "sha256")).toBeUndefined();
  expect(chooseSignatureAlgorithm(undefined, "sha256")).toBeUndefined();
});

it("findSignatureAlgorithm refuses an algorithm with a broken hash, which has a name", () => {
  expect(findSignatureAlgorithm(SHA1_WITH_RSA)).toBeUndefined();
  expect([brokenHash(SHA1_WITH_RSA), nameOfUntaken(SHA1_WITH_RSA)]).toEqual(["SHA-1", "SHA-1"]);
});

it("nameOfUntaken names an unusual algorithm, or returns its OID", () => {
  expect(["1.2.840.113549.1.1.10", "1.2.3"].map(nameOfUntaken)).toEqual(["RSASSA-PSS", "1.2.3"]);
  expect(brokenHash("1.2.840.113549.1.1.10")).toBeUndefined();
});

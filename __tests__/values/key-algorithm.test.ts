import type { Problem } from "../../lib/errors";
import { KeyAlgorithm, type KeyParameters } from "../../lib/values/key-algorithm";
import { problemsOf as findProblems } from "../support/problems";

const CHOICE = "choose one of RSA-2048, RSA-3072, RSA-4096, ECDSA-P256, ECDSA-P384, Ed25519";

/** The only problem of what was given for a key algorithm. */
function problemOf(given: unknown): Problem | undefined {
  const [problem] = findProblems(() => KeyAlgorithm.toParameters(given as KeyAlgorithm));
  return problem;
}

describe("KeyAlgorithm.toParameters", () => {
  it.each<[string, KeyAlgorithm, KeyParameters]>([
    ["RSA-2048", KeyAlgorithm.RSA_2048, { algorithm: "RSA", rsaBits: 2048 }],
    ["RSA-3072", KeyAlgorithm.RSA_3072, { algorithm: "RSA", rsaBits: 3072 }],
    ["RSA-4096", KeyAlgorithm.RSA_4096, { algorithm: "RSA", rsaBits: 4096 }],
    ["ECDSA-P256", KeyAlgorithm.ECDSA_P256, { algorithm: "ECDSA", ecdsaCurve: "P256" }],
    ["ECDSA-P384", KeyAlgorithm.ECDSA_P384, { algorithm: "ECDSA", ecdsaCurve: "P384" }],
    ["Ed25519", KeyAlgorithm.ED25519, { algorithm: "ED25519" }],
  ])(
    "KeyAlgorithm.toParameters has the parameters of %s, by its constant and by its name",
    (name, constant, parameters) => {
      expect(KeyAlgorithm.toParameters(constant)).toEqual(parameters);
      expect(KeyAlgorithm.toParameters(KeyAlgorithm.fromName(name))).toEqual(parameters);
      expect(constant.name).toBe(name);
      expect(constant.toString()).toBe(name);
    },
  );

  it.each(["RSA-1024", "RSA-2047", "RSA-512", "RSA-0"])("KeyAlgorithm.toParameters refuses %s as too weak", (name) => {
    expect(problemOf(KeyAlgorithm.fromName(name))).toMatchObject({
      path: "",
      value: `"${name}"`,
      reason: "is too weak: clients refuse RSA under 2048 bits",
      fix: CHOICE,
    });
  });

  it.each([
    "DSA",
    "RSA",
    "RSA-8192",
    "RSA-1024x",
    "xRSA-1024",
    "RSA-2048 ",
    "rsa-2048",
    "ECDSA-P224",
    "ECDSA-P521",
    "ED25519",
    "constructor",
    "",
  ])('KeyAlgorithm.toParameters refuses "%s" as unknown', (name) => {
    expect(problemOf(KeyAlgorithm.fromName(name))).toMatchObject({
      path: "",
      value: `"${name}"`,
      reason: "is not a supported key algorithm",
      fix: CHOICE,
    });
  });

  it.each<[unknown, string]>([
    ["RSA-2048", '"RSA-2048"'],
    [2048, "2048"],
    [null, "null"],
    [undefined, "undefined"],
  ])("KeyAlgorithm.toParameters refuses %p, which is not a key algorithm", (given, value) => {
    const fix = given === "RSA-2048" ? "write KeyAlgorithm.RSA_2048" : "write KeyAlgorithm.ECDSA_P256, for example";

    expect(problemOf(given)).toMatchObject({ path: "", value, reason: "is not a KeyAlgorithm", fix });
  });
});

describe("KeyAlgorithm", () => {
  it("KeyAlgorithm.toParameters refuses an object that looks like a KeyAlgorithm", () => {
    expect(problemOf({ name: "RSA-2048" })).toMatchObject({ reason: "is not a KeyAlgorithm" });
  });

  it("KeyAlgorithm.fromName accepts any name, to be checked later", () => {
    expect(KeyAlgorithm.fromName("DSA").name).toBe("DSA");
  });
});

describe("KeyAlgorithm.nameOf", () => {
  it.each(["RSA-2048", "RSA-3072", "RSA-4096", "ECDSA-P256", "ECDSA-P384", "Ed25519"])(
    "KeyAlgorithm.nameOf returns the name of its parameters: %s",
    (name) => {
      expect(KeyAlgorithm.nameOf(KeyAlgorithm.toParameters(KeyAlgorithm.fromName(name)))).toBe(name);
    },
  );
});

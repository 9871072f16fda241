import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { execFileSync } from "node:child_process";
import { pinsOf } from "../../../lib/cli/read/pins";

const KEYS = {
  "RSA 2048": generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey,
  "RSA 2048 with a short exponent": generateKeyPairSync("rsa", { modulusLength: 2048, publicExponent: 3 }).publicKey,
  "P-256": generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey,
  "P-384": generateKeyPairSync("ec", { namedCurve: "P-384" }).publicKey,
  Ed25519: generateKeyPairSync("ed25519").publicKey,
} satisfies Record<string, KeyObject>;

function openssl(args: readonly string[], input: string | Buffer): Buffer {
  return execFileSync("openssl", args, { input, stdio: "pipe" });
}

function pemOf(key: KeyObject): string {
  return key.export({ type: "spki", format: "pem" }).toString();
}

/** The bytes in hexadecimal that openssl prints after a name, up to the next name. */
function printed(key: KeyObject, name: string): string {
  const text = openssl(["pkey", "-pubin", "-text", "-noout"], pemOf(key)).toString();
  return (new RegExp(`^${name}:\\n((?: +[0-9a-f:]+\\n)+)`, "m").exec(text)?.[1] ?? "").replace(/[^0-9a-f]/g, "");
}

/** A length in four octets, and the content; all in hexadecimal. */
function withLength(hex: string): string {
  return (hex.length / 2).toString(16).padStart(8, "0") + hex;
}

function sha1(parts: readonly string[]): string {
  const digest = openssl(["dgst", "-sha1", "-r"], Buffer.from(parts.map(withLength).join(""), "hex")).toString();
  return (digest.slice(0, 40).toUpperCase().match(/../g) ?? []).join(" ");
}

describe("pinsOf", () => {
  it.each(Object.entries(KEYS))("pinsOf returns the same pins as openssl: %s", (_name, key) => {
    const der = openssl(["pkey", "-pubin", "-outform", "der"], pemOf(key));
    const hash = openssl(["dgst", "-sha256", "-binary"], der);

    expect(pinsOf(key)).toMatchObject({
      keyPin: `sha256//${hash.toString("base64")}`,
      keyFingerprint: (hash.toString("hex").toUpperCase().match(/../g) ?? []).join(":"),
    });
  });

  it.each([
    ["RSA 2048", "010001"],
    ["RSA 2048 with a short exponent", "03"],
  ] as const)("pinsOf has Tasmota's fingerprint, of the numbers that openssl prints: %s", (name, exponent) => {
    const key = KEYS[name];
    const modulus = printed(key, "Modulus").replace(/^00/, "");

    expect(modulus).toHaveLength(512);
    expect(pinsOf(key)?.tasmotaFingerprint).toBe(sha1([Buffer.from("ssh-rsa").toString("hex"), exponent, modulus]));
  });

  it.each(["P-256", "P-384", "Ed25519"] as const)("pinsOf has no fingerprint of Tasmota for %s", (name) => {
    expect(pinsOf(KEYS[name])?.tasmotaFingerprint).toBeUndefined();
  });

  it("pinsOf returns the same pins for the same key, read twice", () => {
    const key = KEYS["RSA 2048"];

    expect(pinsOf(createPublicKey(pemOf(key)))).toEqual(pinsOf(key));
  });
});

import { execFileSync } from "node:child_process";
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, X509Certificate } from "node:crypto";
import { Signer } from "../../../../../lib/custody/machine/program/make/certificate";
import { algorithmOf, generateKey, openKey, samePublicKey } from "../../../../../lib/custody/machine/program/make/key";
import { protect } from "../../../../../lib/custody/machine/program/make/protect-key";
import { KEY_ALGORITHM_NAMES } from "../../../../../lib/values/key-algorithm";
import { toPem } from "../../../../../lib/x509/pem";

/** RSA keys take long to make, so all tests share one key of each algorithm. */
const KEYS = KEY_ALGORITHM_NAMES.map((algorithm) => [algorithm, generateKey(algorithm)] as const);

const PASSWORD = "correct horse";
/** A small number, because the tests do not depend on it. */
const ITERATIONS = 1234;

function openssl(args: readonly string[], input: string | Buffer, env: NodeJS.ProcessEnv = {}): string {
  return execFileSync("openssl", args, {
    input,
    env: { ...process.env, ...env },
    stdio: ["pipe", "pipe", "ignore"],
  }).toString();
}

const pemOf = (key: KeyObject): string => key.export({ type: "pkcs8", format: "pem" }).toString();

function opened(pem: string, password?: string): KeyObject {
  const key = openKey(pem, password);
  if (typeof key === "string") {
    throw new Error(key);
  }
  return key;
}

describe("generateKey", () => {
  it.each(KEYS)("generateKey makes a key of %s, encoded as OpenSSL does", async (algorithm, key) => {
    const { privateKey, pem, publicKey } = await key;

    expect(algorithmOf(privateKey)).toBe(algorithm);
    expect(pem).toBe(pemOf(privateKey));
    expect(publicKey).toEqual(createPublicKey(privateKey).export({ type: "spki", format: "der" }));
    expect(openssl(["pkey"], pem)).toBe(pem);
  });

  it.each(["ECDSA-P256", "ECDSA-P384", "Ed25519"] as const)(
    "generateKey encodes each of many keys of %s correctly, including leading zeros",
    async (algorithm) => {
      const keys = await Promise.all(Array.from({ length: 600 }, () => generateKey(algorithm)));

      expect(new Set(keys.map(({ pem }) => pem)).size).toBe(keys.length);
      for (const { privateKey, pem, publicKey } of keys) {
        expect(pem).toBe(pemOf(privateKey));
        expect(publicKey.equals(createPublicKey(privateKey).export({ type: "spki", format: "der" }))).toBe(true);
      }
    },
  );
});

describe("algorithmOf", () => {
  it("algorithmOf names the algorithm of a public key", async () => {
    const keys = await Promise.all(KEYS.map(([, key]) => key));
    const names = keys.map(({ privateKey }) => algorithmOf(createPublicKey(privateKey)));

    expect(names).toEqual(KEY_ALGORITHM_NAMES);
  });

  it('algorithmOf returns "an unknown kind" for a key of another kind', () => {
    const others = [
      generateKeyPairSync("ec", { namedCurve: "P-521" }),
      generateKeyPairSync("ec", { namedCurve: "P-256", paramEncoding: "explicit" }),
      generateKeyPairSync("x25519"),
      generateKeyPairSync("rsa-pss", { modulusLength: 2048 }),
    ];

    for (const { privateKey, publicKey } of others) {
      expect([algorithmOf(privateKey), algorithmOf(publicKey)]).toEqual(["an unknown kind", "an unknown kind"]);
    }
  });

  it("algorithmOf returns the length of an RSA key of another length", () => {
    expect(algorithmOf(generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey)).toBe("RSA-1024");
  });

  it("algorithmOf and samePublicKey do not fail at the point at infinity", () => {
    const infinity = Buffer.from(
      "301930130607 2a8648ce3d0201 0608 2a8648ce3d030107 03020000".replaceAll(" ", ""),
      "hex",
    );
    const key = createPublicKey({ key: infinity, type: "spki", format: "der" });

    expect(algorithmOf(key)).toBe("an unknown kind");
    expect(samePublicKey(key, generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey)).toBe(false);
  });
});

describe("samePublicKey", () => {
  it("samePublicKey compares private keys, public keys and certificates", () => {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const other = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const content = {
      subject: { commonName: "an authority" },
      notBefore: new Date("2026-01-01T00:00:00Z"),
      notAfter: new Date("2027-01-01T00:00:00Z"),
      usage: { kind: "authority" },
    } as const;
    const certificate = new X509Certificate(Signer.selfSigned(content, privateKey, "sha256"));

    expect(samePublicKey(privateKey, publicKey)).toBe(true);
    expect(samePublicKey(certificate, privateKey)).toBe(true);
    expect(samePublicKey(publicKey, certificate)).toBe(true);
    expect(samePublicKey(other.privateKey, publicKey)).toBe(false);
    expect(samePublicKey(certificate, other.publicKey)).toBe(false);
    expect(samePublicKey(certificate, generateKeyPairSync("ed25519").privateKey)).toBe(false);
  });
});

describe("protect", () => {
  /** The structure without lengths, because older versions of openssl have a shorter salt. */
  const structureOf = (pem: string): string =>
    openssl(["asn1parse"], pem).replaceAll(/\[HEX DUMP\]:\w+|\d+:d=|h?l= *\d+| +/g, "");

  it.each(KEYS)("protect encrypts a key of %s for OpenSSL and Node.js", async (_, key) => {
    const { privateKey, pem } = await key;
    const locked = await protect(privateKey, PASSWORD, ITERATIONS);

    expect(locked).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----\n/);
    expect(openssl(["pkey", "-passin", "env:KEY_PASSWORD"], locked, { KEY_PASSWORD: PASSWORD })).toBe(pem);
    expect(opened(locked, PASSWORD).equals(privateKey)).toBe(true);
  });

  it("protect writes the same structure as OpenSSL, with the given iterations", async () => {
    const { privateKey, pem } = await generateKey("ECDSA-P256");
    const args = ["-topk8", "-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA256", "-iter", "600000"];
    const theirs = openssl(["pkcs8", ...args, "-passout", `pass:${PASSWORD}`], pem);
    const ours = await protect(privateKey, PASSWORD, 600_000);

    expect(structureOf(ours)).toContain("INTEGER:0927C0");
    expect(structureOf(ours)).toBe(structureOf(theirs));
  });

  it("protect uses a new salt and a new initialization vector each time", async () => {
    const { privateKey } = await generateKey("ECDSA-P256");
    const dumps = (pem: string): string[] => openssl(["asn1parse"], pem).match(/(?<=HEX DUMP\]:)\w+/g) ?? [];
    const [one, other] = [await protect(privateKey, PASSWORD, 1000), await protect(privateKey, PASSWORD, 1000)];

    expect(
      dumps(one)
        .slice(0, 2)
        .map(({ length }) => length),
    ).toEqual([32, 32]);
    expect(dumps(one).filter((dump) => dumps(other).includes(dump))).toEqual([]);
  });

  it.each([
    ["of one byte", "x"],
    ["of 1,024 bytes", "p".repeat(1024)],
    ["with other letters", "Schlüssel 鍵 🔑"],
    ["of 1,024 bytes of other letters", "ü".repeat(512)],
    ["with what a shell takes for its own", `a b'"$HOME\\ `],
  ])("protect accepts a password %s", async (_, password) => {
    const { privateKey, pem } = await generateKey("Ed25519");
    const locked = await protect(privateKey, password, ITERATIONS);

    expect(openssl(["pkey", "-passin", "env:KEY_PASSWORD"], locked, { KEY_PASSWORD: password })).toBe(pem);
    expect(opened(locked, password).equals(privateKey)).toBe(true);
    expect(openKey(locked, `${password.slice(0, -1)}?`)).toBe("wrong password");
  });
});

describe("openKey", () => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  const plain = pemOf(privateKey);

  it.each([
    ["PKCS #8", plain],
    ["EC PRIVATE KEY", privateKey.export({ type: "sec1", format: "pem" }).toString()],
    ["EC PARAMETERS in front", openssl(["ecparam", "-genkey", "-name", "prime256v1"], "")],
    ["RSA PRIVATE KEY", rsa.export({ type: "pkcs1", format: "pem" }).toString()],
    ["carriage returns", plain.replaceAll("\n", "\r\n")],
    ["text around it", `a key:\n${plain}\nthat was it\n`],
  ])("openKey opens a key without a password: %s", (_, pem) => {
    expect(createPrivateKey(pem).equals(opened(pem))).toBe(true);
    expect(createPrivateKey(pem).equals(opened(pem, PASSWORD))).toBe(true);
  });

  const protections: readonly (readonly [string, readonly string[]])[] = [
    ["PBES2", ["pkcs8", "-topk8"]],
    ["PBES2 with scrypt", ["pkcs8", "-topk8", "-scrypt", "-scrypt_N", "1024"]],
    ["PBE-SHA1-3DES", ["pkcs8", "-topk8", "-v1", "PBE-SHA1-3DES"]],
    ["EC PRIVATE KEY with AES", ["ec", "-aes256"]],
  ];

  it.each(protections)("openKey opens an encrypted key only with its password: %s", (_, args) => {
    const locked = openssl([...args, "-passout", `pass:${PASSWORD}`], plain);

    expect(opened(locked, PASSWORD).equals(privateKey)).toBe(true);
    expect(openKey(locked, undefined)).toBe("password needed");
    expect(openKey(locked, "")).toBe("wrong password");
    expect(openKey(locked, "p".repeat(2000))).toBe("wrong password");
  });

  it.each([
    ["PBES2", () => protect(privateKey, PASSWORD, 1)],
    [
      "EC PRIVATE KEY with AES",
      () => Promise.resolve(openssl(["ec", "-aes256", "-passout", `pass:${PASSWORD}`], plain)),
    ],
  ])("openKey reports every wrong password as such: %s", async (_, lock) => {
    const locked = await lock();
    // About one wrong password in 256 leaves padding that looks right.
    const flaws = Array.from({ length: 1000 }, (_unused, i) => openKey(locked, `wrong ${i}`));

    expect(new Set(flaws)).toEqual(new Set(["wrong password"]));
  });

  it.each([
    ["PBE-MD5-DES", ["pkcs8", "-topk8", "-v1", "PBE-MD5-DES"]],
    ["PBE-SHA1-RC2-64", ["pkcs8", "-topk8", "-v1", "PBE-SHA1-RC2-64"]],
    ["PBES2 with DES", ["pkcs8", "-topk8", "-v2", "des-cbc"]],
    ["EC PRIVATE KEY with DES", ["ec", "-des"]],
  ])("openKey reports a cipher that OpenSSL 3 leaves to its legacy provider: %s", (_, args) => {
    const providers = ["-provider", "legacy", "-provider", "default"];
    const locked = openssl([...args, ...providers, "-passout", `pass:${PASSWORD}`], plain);

    expect(openKey(locked, PASSWORD)).toBe("legacy cipher");
    expect(openKey(locked, undefined)).toBe("password needed");
  });

  it.each([
    ["nothing", ""],
    ["text", "hello"],
    ["a public key", openssl(["pkey", "-pubout"], plain)],
    ["a key that is cut off", plain.slice(0, 120)],
    ["a key that is no base64", plain.replace(/\n[A-Za-z]/, "\n!")],
    ["another structure", toPem("PRIVATE KEY", Buffer.from([0, 0, 0]))],
    ["another structure with a password", toPem("ENCRYPTED PRIVATE KEY", Buffer.from([0, 0, 0]))],
    ["a key with a password that is cut off", openssl(["pkcs8", "-topk8", "-passout", "pass:x"], plain).slice(0, 150)],
  ])("openKey finds no key in %s", (_, text) => {
    expect(openKey(text, undefined)).toBe("not a key");
    expect(openKey(text, "x")).toBe("not a key");
  });
});

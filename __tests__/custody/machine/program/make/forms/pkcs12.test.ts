import { execFileSync } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { toKeystore, toTruststore } from "../../../../../../lib/custody/machine/program/make/forms/pkcs12";
import { pemBlocks } from "../../../../../../lib/x509/pem";
import { makeAuthority, RSA_2048 } from "../../../../../support/authorities";
import { inTemporaryFolder } from "../../../../../support/requests";

const PASSWORD = "it's a 'store' $(date)";

/** What openssl finds in a file, and all that it says of it. */
function inFile(content: Uint8Array, ...options: string[]): string {
  return inTemporaryFolder((folder) => {
    const file = join(folder, "store.p12");
    writeFileSync(file, content);
    const command = 'openssl pkcs12 -in "$0" -passin env:PASSWORD -nodes "$@" 2>&1';
    return execFileSync("sh", ["-c", command, file, ...options], { env: { ...process.env, PASSWORD } }).toString();
  });
}

function der(pem: string): Buffer {
  return new X509Certificate(pem).raw;
}

const KEYS: readonly [string, readonly string[]][] = [
  ["RSA", RSA_2048],
  ["ECDSA", ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"]],
  ["Ed25519", ["ED25519"]],
];

describe("toKeystore", () => {
  it.each(KEYS)("toKeystore stores a key of %s, its certificate and the chain, byte for byte", async (_kind, key) => {
    const { certificatePem, keyPem, issuerPem } = inTemporaryFolder((folder) => {
      const issuer = makeAuthority(folder, "issuer");
      const made = makeAuthority(folder, "made", { key, issuer });
      const pem = createPrivateKey(readFileSync(made.keyFile)).export({ type: "pkcs8", format: "pem" });
      return { certificatePem: made.certificatePem, keyPem: pem.toString(), issuerPem: issuer.certificatePem };
    });
    const data = pemBlocks(keyPem)[0]?.data ?? new Uint8Array();

    const store = await toKeystore("mqtt", data, [der(certificatePem), der(issuerPem)], PASSWORD);

    const found = inFile(store, "-info");
    expect(found).toContain("MAC: sha256, Iteration 2048");
    expect(found.match(/PBES2, PBKDF2, AES-256-CBC, Iteration 2048, PRF hmacWithSHA256/g)).toHaveLength(2);
    expect(found.match(/friendlyName: mqtt/g)).toHaveLength(2);
    const wanted = [der(certificatePem), der(issuerPem), Buffer.from(data)];
    expect(pemBlocks(found).map((block) => Buffer.from(block.data))).toEqual(wanted);
  });
});

describe("toTruststore", () => {
  it("toTruststore stores each certificate under its own alias, and marks it as trusted for Java", async () => {
    const [one, two] = inTemporaryFolder((folder) =>
      ["one", "two"].map((name) => makeAuthority(folder, name).certificatePem),
    ) as [string, string];

    const found = inFile(
      await toTruststore(
        new Map([
          ["ca-1", der(one)],
          ["ca-2", der(two)],
        ]),
        PASSWORD,
      ),
      "-info",
    );

    expect(found.match(/friendlyName: ca-\d/g)).toEqual(["friendlyName: ca-1", "friendlyName: ca-2"]);
    expect(found.match(/2\.16\.840\.1\.113894\.746875\.1\.1|Trusted key usage \(Oracle\)/g)).toHaveLength(2);
    expect(pemBlocks(found).map((block) => Buffer.from(block.data))).toEqual([der(one), der(two)]);
  });
});

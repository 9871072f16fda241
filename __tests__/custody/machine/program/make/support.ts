/** Certificates that tests make and read, and what OpenSSL says of them. */
import { execFileSync } from "node:child_process";
import { createPublicKey, generateKeyPairSync, type KeyObject, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as asn1 from "asn1js";
import type {
  CertificateContent,
  ServerUsage,
} from "../../../../../lib/custody/machine/program/make/certificate-content";
import { toPem } from "../../../../../lib/x509/pem";

export type Subject = CertificateContent["subject"];

export const KEYS: ReadonlyMap<string, KeyObject> = new Map([
  ["RSA-2048", generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey],
  ["RSA-3072", generateKeyPairSync("rsa", { modulusLength: 3072 }).privateKey],
  ["RSA-4096", generateKeyPairSync("rsa", { modulusLength: 4096 }).privateKey],
  ["ECDSA-P256", generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey],
  ["ECDSA-P384", generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey],
  ["Ed25519", generateKeyPairSync("ed25519").privateKey],
]);

export const P256 = keyOf("ECDSA-P256");
export const OTHER = keyOf("ECDSA-P384");

const NOW = Date.now();
const DAY = 86_400_000;
export const VALID = { notBefore: new Date(NOW - (NOW % DAY)), notAfter: new Date(NOW - (NOW % DAY) + 30 * DAY) };

export const NAME = "mqtt-1.example.com";
export const AUTHORITY = content({ commonName: "Plant CA" }, { kind: "authority" });
export const SERVER = content({ commonName: NAME }, server());

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "certificates-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

export function keyOf(algorithm: string): KeyObject {
  const key = KEYS.get(algorithm);
  if (key === undefined) {
    throw new Error(algorithm);
  }
  return key;
}

export function content<Usage extends CertificateContent["usage"]>(
  subject: Subject,
  usage: Usage,
  validity: Partial<typeof VALID> = {},
): CertificateContent & { readonly usage: Usage } {
  return { subject, usage, ...VALID, ...validity };
}

export function server(usage: Partial<ServerUsage> = {}): ServerUsage {
  return { kind: "server", dnsNames: [NAME], ipAddresses: [], canEncipher: false, clientAuth: false, ...usage };
}

export const spkiOf = (key: KeyObject): Buffer => createPublicKey(key).export({ type: "spki", format: "der" });

export function openssl(...args: readonly string[]): string {
  return execFileSync("openssl", args, { stdio: ["ignore", "pipe", "pipe"] }).toString();
}

export function file(name: string, text: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

export const pemFile = (name: string, der: Buffer): string => file(name, toPem("CERTIFICATE", der));

export const textOf = (der: Buffer): string => openssl("x509", "-noout", "-text", "-in", pemFile("text.pem", der));

/** The results of `openssl verify` for certificates below an authority. */
export function verify(root: Buffer, ...certificates: readonly Buffer[]): string[] {
  const files = certificates.map((der, i) => pemFile(`verify-${i}.pem`, der));
  const output = openssl("verify", "-x509_strict", "-CAfile", pemFile("verify-root.pem", root), ...files);
  return output
    .trim()
    .split("\n")
    .map((line) => line.replace(/^.*: /, ""));
}

export function refusalOf(root: Buffer, ...certificates: readonly Buffer[]): string {
  try {
    return verify(root, ...certificates).join("\n");
  } catch (error) {
    return String((error as { stderr: Buffer }).stderr);
  }
}

/** The DER of each part of a TBSCertificate. */
export function partsOf(
  der: Uint8Array,
): Record<"algorithm" | "issuer" | "validity" | "subject" | "extensions", string> {
  const [toBeSigned, outside] = childrenOf(asn1.fromBER(der).result);
  const [, , algorithm = "", issuer = "", validity = "", subject = "", , extensions = ""] =
    childrenOf(toBeSigned).map(hexOf);
  expect(outside && hexOf(outside)).toBe(algorithm);
  return { algorithm, issuer, validity, subject, extensions };
}

function childrenOf(block: asn1.BaseBlock | undefined): asn1.BaseBlock[] {
  return block instanceof asn1.Sequence ? block.valueBlock.value : [];
}

function hexOf({ valueBeforeDecodeView }: asn1.BaseBlock): string {
  return Buffer.from(valueBeforeDecodeView).toString("hex");
}

/** A certificate that openssl makes from a configuration. */
export function ofOpenssl(
  subject: string,
  key: KeyObject,
  extensions: readonly string[],
  more: readonly string[],
): Buffer {
  const configuration = file(
    "openssl.cnf",
    [
      "[req]",
      "utf8 = yes",
      "string_mask = MASK:0x2002",
      "distinguished_name = subject",
      "x509_extensions = extensions",
      "[subject]",
      "[extensions]",
      ...extensions,
      "",
    ].join("\n"),
  );
  const keyFile = file("openssl.key", key.export({ type: "pkcs8", format: "pem" }));
  const made = openssl("req", "-batch", "-config", configuration, "-x509", "-subj", subject, "-key", keyFile, ...more);
  return new X509Certificate(made).raw;
}

import { createPrivateKey } from "node:crypto";
import { changed, type Custody, wordsOf } from "./custodies";
import { type FileFacts, Project } from "./project";
import { run, succeed } from "./run";

/** The broker whose key has the common password of the fleet. */
export const COMMON = "mqtt-1.example.com";
/** The broker whose key has its own password. */
export const OWN = "mqtt-2.example.com";
/** The broker whose key has no password. */
export const OPEN = "mqtt-3.example.com";

export const VARIABLES = {
  ca_password: "the authority's: with 'quotes' and $(date)",
  broker_password: 'all brokers\': with \\n, %s and ${var.x} "and more"',
  own_password: "Schlüßel der Nummer 2",
};
export const WRONG_PASSWORD = "not the one";

/** The passwords of the first deployment, by file. */
export const PASSWORDS: Readonly<Record<string, string>> = {
  "ca.key": VARIABLES.ca_password,
  [keyOf(COMMON)]: VARIABLES.broker_password,
  [keyOf(OWN)]: VARIABLES.own_password,
};

/** The declared props as text. A broker that is undefined is not declared. */
export interface Declaration {
  readonly authority?: string;
  readonly brokers?: Readonly<Record<string, string | undefined>>;
}

export const OWN_KEY = "keyAlgorithm: KeyAlgorithm.ED25519";

export const DECLARED = {
  authority: 'passwordVariable: "ca_password"',
  brokers: {
    [COMMON]: "",
    [OWN]: `${OWN_KEY}, passwordVariable: "own_password"`,
    [OPEN]: "passwordVariable: false",
  },
};

export async function declare(
  project: Project,
  custody: Custody,
  { authority, brokers }: Declaration = {},
): Promise<void> {
  const all: Readonly<Record<string, string | undefined>> = { ...DECLARED.brokers, ...brokers };
  const declared = Object.entries(all).filter(([, props]) => props !== undefined);
  project.declare(`new BrokerPki(app, "mqtt", {
    custody: "${custody}",
    authority: {
      subject: { commonName: "Test CA" },
      keyAlgorithm: KeyAlgorithm.ECDSA_P256,
      ${authority ?? DECLARED.authority}
    },
    keyAlgorithm: KeyAlgorithm.ECDSA_P256,
    passwordVariable: "broker_password",
    brokers: [${declared.map(([address, props]) => `{ address: "${address}", ${props} }`).join(", ")}],
  });`);
  await project.synth();
}

export function keyOf(address: string): string {
  return `brokers/${address}/server.key`;
}

/** The record of a key file. With custody "state", only a file with a password has one. */
export function recordOf(custody: Custody, keyFile: string): string {
  const ofMachine = keyFile === "ca.key" ? "authorities.records" : "brokers.records";
  return custody === "machine" ? ofMachine : `${keyFile}.json`;
}

/** The key as unencrypted PEM. */
export function secretOf(project: Project, keyFile: string, password?: string): string {
  const key = createPrivateKey({ key: project.read("pki", keyFile), passphrase: password });
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}

/** The encryption of a key file, as openssl names it. */
export async function encryptionOf(project: Project, keyFile: string): Promise<readonly string[] | null> {
  const text = await succeed("openssl", ["asn1parse", "-in", project.path("pki", keyFile)]);
  return text.match(/(?<=(?:OBJECT|INTEGER) +:).*/g);
}

/** The expected encryption of a key file. */
export function encryptionWith(iterations: number): string[] {
  const bytes = iterations.toString(16).toUpperCase();
  return ["PBES2", "PBKDF2", bytes.padStart(2 * Math.ceil(bytes.length / 2), "0"), "hmacWithSHA256", "aes-256-cbc"];
}

export async function opensWith(project: Project, keyFile: string, password: string): Promise<boolean> {
  const file = project.path("pki", keyFile);
  const { status } = await run("openssl", ["pkey", "-in", file, "-passin", "env:PASSWORD", "-noout"], {
    env: { PASSWORD: password },
  });
  return status === 0;
}

/** The paths of all files that have a private key without a password. */
export function openKeys(files: Readonly<Record<string, FileFacts>>): string[] {
  const isOpen = /-----BEGIN (?!ENCRYPTED)(?:[A-Z]+ )?PRIVATE KEY-----/;
  return Object.keys(files).filter((path) => isOpen.test(files[path]?.content ?? ""));
}

/** @returns the error of an apply, which must fail and change no file */
export async function refusal(project: Project): Promise<string> {
  const before = project.files("pki");
  const result = await project.tryApply();

  expect(result.status).toBe(1);
  expect(changed(before, project.files("pki"))).toEqual([]);
  return wordsOf(result.stderr);
}

import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** An authority that openssl made. */
export interface MadeAuthority {
  readonly certificateFile: string;
  /** In PKCS#8, with mode 0600. */
  readonly keyFile: string;
  readonly certificatePem: string;
}

export interface AuthorityOptions {
  /** The value of `-subj`. @default - the name as its common name */
  readonly subject?: string;
  /** Arguments of `openssl genpkey`, after -algorithm. @default P256 */
  readonly key?: readonly string[];
  /** The authority whose key it shares. @default - its own key */
  readonly keyOf?: MadeAuthority;
  /** The issuer. @default - none: it is a root */
  readonly issuer?: MadeAuthority;
  /** Its validity from now, in days. @default 3650 */
  readonly days?: number;
  /** Empty if the key type implies the hash. @default "sha256" */
  readonly digest?: string;
  /** Extensions in openssl's syntax, by name: in addition to those of a sound authority, or replacing them. Null for none. */
  readonly extensions?: Readonly<Record<string, string | undefined>> | null;
}

const P256 = ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
export const P384 = ["EC", "-pkeyopt", "ec_paramgen_curve:P-384"];
export const RSA_2048 = ["RSA", "-pkeyopt", "rsa_keygen_bits:2048"];

/** In the order of this library. */
const SOUND_EXTENSIONS = {
  keyUsage: "critical, keyCertSign, cRLSign",
  basicConstraints: "critical, CA:TRUE",
  subjectKeyIdentifier: "hash",
};

/** Makes an authority, sound or flawed, in files of that name. */
export function makeAuthority(folder: string, name: string, options: AuthorityOptions = {}): MadeAuthority {
  const { subject = `/CN=${name}`, key = P256, issuer, days = 3650, digest = "sha256", extensions = {} } = options;
  const [keyFile, certificateFile, request, configuration] = ["key", "pem", "csr", "cnf"].map((extension) =>
    join(folder, `${name}.${extension}`),
  ) as [string, string, string, string];
  const ofIssuer = issuer === undefined ? {} : { authorityKeyIdentifier: "keyid:always" };
  const all: Readonly<Record<string, string | undefined>> =
    extensions === null ? {} : { ...SOUND_EXTENSIONS, ...ofIssuer, ...extensions };
  const lines = Object.entries(all).flatMap(([extension, value]) =>
    value === undefined ? [] : [`${extension} = ${value}`],
  );
  writeFileSync(configuration, ["[ req ]", "distinguished_name = dn", "[ dn ]", "[ ext ]", ...lines, ""].join("\n"));

  if (options.keyOf === undefined) {
    openssl(["genpkey", "-algorithm", ...key, "-out", keyFile]);
  } else {
    copyFileSync(options.keyOf.keyFile, keyFile);
  }
  openssl(["req", "-new", "-utf8", "-config", configuration, "-subj", subject, "-key", keyFile, "-out", request]);
  const signer =
    issuer === undefined
      ? ["-signkey", keyFile]
      : ["-CA", issuer.certificateFile, "-CAkey", issuer.keyFile, "-set_serial", serialNumber()];
  openssl([
    ...["x509", "-req", "-in", request, "-out", certificateFile, "-days", String(days), ...signer],
    ...(digest === "" ? [] : [`-${digest}`]),
    ...(extensions === null ? [] : ["-extfile", configuration, "-extensions", "ext"]),
  ]);
  return { certificateFile, keyFile, certificatePem: readFileSync(certificateFile, "utf8") };
}

/** Runs openssl, and returns what it writes. */
export function openssl(args: readonly string[]): string {
  return execFileSync("openssl", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

let made = 0;

function serialNumber(): string {
  made += 1;
  return String(made);
}

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface RequestOptions {
  /**
   * Attributes as openssl.cnf names them: `{ O: "Example Ltd", CN: "mqtt-1.example.com" }`. Empty for no subject.
   * @default { CN: "mqtt-1.example.com" }
   */
  readonly subject?: Readonly<Record<string, string>>;
  /**
   * Subject alternative names in the syntax of openssl.cnf: `["DNS:mqtt-1.example.com", "IP:192.0.2.10"]`.
   * @default ["DNS:mqtt-1.example.com"]
   */
  readonly names?: readonly string[];
  /**
   * The arguments that make its key.
   * @default - on P-256
   */
  readonly newKey?: readonly string[];
  /**
   * More arguments of `openssl req`.
   * @default - none
   */
  readonly args?: readonly string[];
  /**
   * More lines of openssl.cnf, after those of its section `[req]`.
   * @default - none
   */
  readonly lines?: readonly string[];
  /**
   * More lines of the extensions.
   * @default - none
   */
  readonly extensions?: readonly string[];
}

/** A certificate signing request as PEM, and its key. */
export interface MadeRequest {
  readonly pem: string;
  readonly key: string;
}

/** The arguments that make a key on that curve. */
export function onCurve(curve: string): string[] {
  return ["-newkey", "ec", "-pkeyopt", `ec_paramgen_curve:${curve}`];
}

/** Makes a certificate signing request with openssl, valid or not. */
export function makeRequest(options: RequestOptions = {}): MadeRequest {
  const {
    subject = { CN: "mqtt-1.example.com" },
    names = ["DNS:mqtt-1.example.com"],
    newKey = onCurve("P-256"),
    args = [],
    lines = [],
    extensions = [],
  } = options;
  const attributes = Object.entries(subject);
  const allExtensions = [...(names.length === 0 ? [] : [`subjectAltName = ${names.join(", ")}`]), ...extensions];
  const config = [
    "[req]",
    "prompt = no",
    "utf8 = yes",
    "distinguished_name = subject",
    ...(allExtensions.length === 0 ? [] : ["req_extensions = extensions"]),
    ...lines,
    "[subject]",
    ...attributes.map(([type, text]) => `${type} = ${text}`),
    "[extensions]",
    ...allExtensions,
  ];
  return inTemporaryFolder((folder) => {
    writeFileSync(join(folder, "openssl.cnf"), config.join("\n"));
    const files = ["-config", "openssl.cnf", "-nodes", "-keyout", "server.key", "-out", "server.csr"];
    const noSubject = attributes.length === 0 ? ["-subj", "/"] : [];
    openssl(folder, ["req", "-new", ...newKey, ...files, ...noSubject, ...args]);
    return {
      pem: readFileSync(join(folder, "server.csr"), "utf8"),
      key: readFileSync(join(folder, "server.key"), "utf8"),
    };
  });
}

/** Runs openssl in a folder, and returns its output. */
export function openssl(folder: string, args: readonly string[], input = ""): Buffer {
  return execFileSync("openssl", args, { cwd: folder, input, stdio: ["pipe", "pipe", "pipe"] });
}

/** Runs a function in a new folder, which is then removed. */
export function inTemporaryFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "requests-"));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

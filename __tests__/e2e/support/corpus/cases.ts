import { createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Signer } from "../../../../lib/custody/machine/program/make/certificate";
import { pemBlocks, toPem } from "../../../../lib/x509/pem";
import { addHours } from "../../../../lib/values/time";
import { succeed } from "../run";
import { at, type Element, read, replace, write } from "../../../support/der-tree";
import { EXTENSIONS } from "./extensions";
import { mutationsOf } from "./mutations";

/** A test case for clients: a certificate with one fault, among valid ones. */
export interface Case {
  readonly name: string;
  readonly trustAnchor: string;
  /** The chain that a server presents, its own certificate first. */
  readonly presented: readonly string[];
  /** The server's, in PEM. */
  readonly key: string;
}

/** The name that the servers of all cases have. */
export const HOST = "mqtt-1.example.com";

const CONFIGURATION = `
[req]
distinguished_name = name
string_mask = utf8only
prompt = no
[name]
C = US
O = Example Ltd
CN = Plant MQTT CA
[plain]
keyUsage = critical, keyCertSign, cRLSign
basicConstraints = critical, CA:TRUE
subjectKeyIdentifier = hash
[rich]
keyUsage = critical, keyCertSign, cRLSign
basicConstraints = critical, CA:TRUE, pathlen:3
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid, issuer:always
subjectAltName = email:pki@example.com, URI:https://example.com/pki
nameConstraints = critical, permitted;DNS:example.com
[lower]
keyUsage = critical, keyCertSign, cRLSign
basicConstraints = critical, CA:TRUE, pathlen:0
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
extendedKeyUsage = serverAuth, clientAuth
crlDistributionPoints = URI:http://example.com/ca.crl
authorityInfoAccess = OCSP;URI:http://ocsp.example.com, caIssuers;URI:http://example.com/ca.crt
certificatePolicies = 2.5.29.32.0
[server]
keyUsage = critical, digitalSignature
basicConstraints = critical, CA:FALSE
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
subjectAltName = DNS:${HOST}, IP:192.0.2.1
[request]
subjectAltName = DNS:${HOST}
`;

/** A certificate or a CSR, as its signed part and its signature. */
interface Signed {
  readonly toBeSigned: Element;
  readonly algorithm: Element;
}

/** The places of parts of a certificate (RFC 5280, section 4.1). */
const [VERSION, SERIAL_NUMBER, ISSUER, SUBJECT, PUBLIC_KEY, ALL_EXTENSIONS] = [0, 1, 3, 5, 6, 7] as const;

/** Valid certificates and their keys, made by openssl. */
export class Corpus {
  private constructor(private readonly folder: string) {}

  public static async make(folder: string): Promise<Corpus> {
    const file = (name: string): string => join(folder, name);
    await succeed("sh", ["-c", `cat > ${file("cnf")}`], { input: CONFIGURATION });
    for (const name of ["root", "lower", "server"]) {
      const curve = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
      await succeed("openssl", ["genpkey", ...curve, "-out", file(`${name}.key`)]);
    }
    await succeed("openssl", [
      "genpkey",
      "-algorithm",
      "RSA",
      "-pkeyopt",
      "rsa_keygen_bits:2048",
      "-out",
      file("rsa.key"),
    ]);
    const request = (...args: string[]) => succeed("openssl", ["req", "-config", file("cnf"), ...args]);
    const self = (extensions: string, key: string, name: string) =>
      request("-x509", "-extensions", extensions, "-key", file(key), "-days", "3650", "-out", file(name));
    await self("rich", "root.key", "rich.pem");
    await self("plain", "root.key", "root.pem");
    await self("plain", "rsa.key", "rsa.pem");
    const below = (name: string, subject: string) =>
      request(
        ...["-x509", "-extensions", name, "-key", file(`${name}.key`), "-CA", file("root.pem")],
        ...["-CAkey", file("root.key"), "-subj", subject, "-days", "3000", "-out", file(`${name}.pem`)],
      );
    await below("lower", "/O=Example Ltd/CN=Plant Issuing CA");
    await below("server", `/O=Example Ltd/CN=${HOST}`);
    for (const key of ["server", "rsa"]) {
      const subject = ["-subj", `/O=Plant North/CN=${HOST}`];
      await request("-new", "-key", file(`${key}.key`), ...subject, "-reqexts", "request", "-out", file(`${key}.csr`));
    }
    return new Corpus(folder);
  }

  /** Cases of authorities: roots with both kinds of keys, and an intermediate of a valid root. */
  public *authorities(): Generator<Case> {
    yield* this.mutants("rich", "root", true, ([part = 0]) => [SUBJECT, ALL_EXTENSIONS].includes(part as 5));
    yield* this.mutants("rsa", "rsa", true, ([part = 0]) => [VERSION, SERIAL_NUMBER, PUBLIC_KEY].includes(part as 0));
    yield* this.mutants("lower", "root", false, () => true);
    for (const extension of EXTENSIONS) {
      for (const isCritical of [true, false]) {
        const what = `${extension.name}${isCritical ? ", critical" : ""}`;
        yield this.asRoot(`root with ${what}`, "root", this.withExtension("root", extension, isCritical));
        yield this.asLower(`lower with ${what}`, this.withExtension("lower", extension, isCritical));
      }
    }
  }

  /** Cases of servers, below a valid root. */
  public *servers(): Generator<Case> {
    for (const { name, mutated } of mutationsOf(this.partsOf("server.pem").toBeSigned)) {
      yield {
        name: `server: ${name}`,
        trustAnchor: this.text("root.pem"),
        presented: [toPem("CERTIFICATE", this.sign({ ...this.partsOf("server.pem"), toBeSigned: mutated }, "root"))],
        key: this.text("server.key"),
      };
    }
  }

  /** Requests, by their names, in PEM. */
  public *requests(): Generator<readonly [name: string, pem: string]> {
    for (const key of ["server", "rsa"]) {
      const parts = this.partsOf(`${key}.csr`);
      for (const { name, mutated } of mutationsOf(parts.toBeSigned)) {
        yield [
          `request for ${key}: ${name}`,
          toPem("CERTIFICATE REQUEST", this.sign({ ...parts, toBeSigned: mutated }, key)),
        ];
      }
    }
  }

  private *mutants(
    name: string,
    signer: string,
    isRoot: boolean,
    isWanted: (path: readonly number[]) => boolean,
  ): Generator<Case> {
    const { toBeSigned, algorithm } = this.partsOf(`${name}.pem`);
    for (const { name: change, path, mutated } of mutationsOf(toBeSigned)) {
      if (isWanted(path)) {
        const subject = isRoot && path[0] === SUBJECT && path.length > 1 ? at(mutated, [SUBJECT]) : undefined;
        const both = subject === undefined ? mutated : replace(mutated, [ISSUER], [subject]);
        const der = this.sign({ toBeSigned: both, algorithm }, signer);
        const what = `${name}: ${change}`;
        yield isRoot ? this.asRoot(what, signer, der) : this.asLower(what, der);
      }
    }
  }

  private asRoot(name: string, key: string, root: Buffer): Case {
    const trustAnchor = toPem("CERTIFICATE", root);
    return { name, trustAnchor, presented: [this.serverOf(root, key)], key: this.text("server.key") };
  }

  private asLower(name: string, lower: Buffer): Case {
    const presented = [this.serverOf(lower, "lower"), toPem("CERTIFICATE", lower)];
    return { name, trustAnchor: this.text("root.pem"), presented, key: this.text("server.key") };
  }

  /** The certificate that custody "machine" issues, or if it cannot, any certificate that the key signed. */
  private serverOf(authority: Buffer, key: string): string {
    const publicKey = createPublicKey(this.text("server.key")).export({ type: "spki", format: "der" });
    const now = new Date();
    const usage = { kind: "server", dnsNames: [HOST], ipAddresses: [], canEncipher: false, clientAuth: false } as const;
    const content = {
      subject: { commonName: HOST },
      notBefore: addHours(now, -1),
      notAfter: addHours(now, 100),
      usage,
    };
    try {
      return toPem("CERTIFICATE", Signer.fromIssuer(authority, this.key(key), "sha256").sign(content, publicKey));
    } catch {
      return toPem("CERTIFICATE", this.sign(this.partsOf("server.pem"), key));
    }
  }

  private withExtension(base: string, { oid, value }: (typeof EXTENSIONS)[number], isCritical: boolean): Buffer {
    const { toBeSigned, algorithm } = this.partsOf(`${base}.pem`);
    const all = at(toBeSigned, [ALL_EXTENSIONS, 0])?.children ?? [];
    const others = all.filter(({ children: [id] = [] }) => id?.bytes?.toString("hex") !== oid);
    const critical = isCritical ? [{ tag: 0x01, bytes: Buffer.from([0xff]) }] : [];
    const id = { tag: 0x06, bytes: Buffer.from(oid, "hex") };
    const extension = { tag: 0x30, children: [id, ...critical, { tag: 0x04, bytes: Buffer.from(value, "hex") }] };
    const extensions = { tag: 0x30, children: [...others, extension] };
    return this.sign({ toBeSigned: replace(toBeSigned, [ALL_EXTENSIONS, 0], [extensions]), algorithm }, "root");
  }

  private sign({ toBeSigned, algorithm }: Signed, key: string): Buffer {
    const content = write(toBeSigned);
    const signature = Buffer.concat([Buffer.from([0]), sign("sha256", content, this.key(key))]);
    return write({ tag: 0x30, children: [toBeSigned, algorithm, { tag: 0x03, bytes: signature }] });
  }

  private partsOf(file: string): Signed {
    const [block] = pemBlocks(this.text(file));
    const { children: [toBeSigned, algorithm] = [] } = read(block?.data ?? new Uint8Array());
    if (toBeSigned === undefined || algorithm === undefined) {
      throw new Error(`${file} is no base of a corpus.`);
    }
    return { toBeSigned, algorithm };
  }

  private readonly keys = new Map<string, KeyObject>();

  private key(name: string): KeyObject {
    const known = this.keys.get(name) ?? createPrivateKey(this.text(`${name}.key`));
    this.keys.set(name, known);
    return known;
  }

  private readonly texts = new Map<string, string>();

  private text(file: string): string {
    const known = this.texts.get(file) ?? readFileSync(join(this.folder, file), "utf8");
    this.texts.set(file, known);
    return known;
  }
}

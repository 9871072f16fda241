import { execFileSync } from "node:child_process";
import { createPublicKey } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { CertificateRequest } from "../../../lib/x509/certificate-request";
import { DistinguishedName, type DistinguishedNameProps } from "../../../lib/values/distinguished-name";
import { KeyAlgorithm } from "../../../lib/values/key-algorithm";
import { formatRequestCommand } from "../../../lib/x509/commands/request-command";
import { inTemporaryFolder, openssl } from "../../support/requests";

interface Broker {
  readonly subject?: DistinguishedNameProps;
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
  readonly keyAlgorithm?: KeyAlgorithm;
}

function declare(broker: Broker): Parameters<typeof formatRequestCommand>[0] {
  const { dnsNames = [], ipAddresses = [], keyAlgorithm = KeyAlgorithm.ECDSA_P256 } = broker;
  const subject = DistinguishedName.fromProps(broker.subject ?? {});
  return { subject, dnsNames, ipAddresses, keyParameters: KeyAlgorithm.toParameters(keyAlgorithm) };
}

interface Made {
  readonly request: CertificateRequest;
  readonly text: string;
  /** Permissions of the key's file. */
  readonly mode: number;
  readonly key: string;
}

/** Runs the command as it is printed, and reads the request that it makes. */
function run(broker: Broker): Made {
  const declared = declare(broker);
  const command = formatRequestCommand(declared);
  return inTemporaryFolder((folder) => {
    execFileSync("sh", ["-c", `umask 022; ${command}`], { cwd: folder, stdio: "pipe" });
    const content = readFileSync(join(folder, "server.csr"));
    return {
      request: CertificateRequest.fromContent(content, { ...declared, isForProvider: true, command }),
      text: openssl(folder, ["req", "-in", "server.csr", "-noout", "-text"]).toString(),
      mode: statSync(join(folder, "server.key")).mode & 0o777,
      key: readFileSync(join(folder, "server.key"), "utf8"),
    };
  });
}

describe("formatRequestCommand", () => {
  it("formatRequestCommand is one line that can be pasted into a shell", () => {
    const broker = {
      subject: { organization: "Example Ltd", commonName: "mqtt-1.example.com" },
      dnsNames: ["mqtt-1.example.com"],
      ipAddresses: ["192.0.2.10"],
      keyAlgorithm: KeyAlgorithm.RSA_2048,
    };

    expect(formatRequestCommand(declare(broker))).toBe(
      "openssl req -new -newkey rsa:2048 -sha256 -nodes -utf8 -keyout server.key -out server.csr" +
        " -subj '/O=Example Ltd/CN=mqtt-1.example.com'" +
        " -addext 'subjectAltName = DNS:mqtt-1.example.com, IP:192.0.2.10'",
    );
  });

  it.each([
    ["RSA-2048", "RSA", { modulusLength: 2048 }],
    ["RSA-3072", "RSA", { modulusLength: 3072 }],
    ["RSA-4096", "RSA", { modulusLength: 4096 }],
    ["ECDSA-P256", "ECDSA", { namedCurve: "prime256v1" }],
    ["ECDSA-P384", "ECDSA", { namedCurve: "secp384r1" }],
    ["Ed25519", "ED25519", {}],
  ])("formatRequestCommand makes a request for a key of %s", (name, algorithm, details) => {
    const { request, key } = run({ dnsNames: ["mqtt-1.example.com"], keyAlgorithm: KeyAlgorithm.fromName(name) });

    expect(request.algorithm).toBe(algorithm);
    expect(createPublicKey(key).asymmetricKeyDetails).toMatchObject(details);
  });

  it("formatRequestCommand makes a key that only its owner can read, without a password", () => {
    const { mode, key } = run({ dnsNames: ["mqtt-1.example.com"] });

    expect(mode).toBe(0o600);
    expect(key).toMatch(/^-----BEGIN PRIVATE KEY-----/);
  });

  it.each([
    ["quotation marks", `Smith's "Best" ''`],
    ["a variable", "$HOME $1"],
    ["backticks", "`touch ran` $(touch ran)"],
    ["slashes", "A/S /CN=other/"],
    ["plus and equals signs", "a+b+O=c = d"],
    ["backslashes", "a\\b\\\\c\\n\\"],
    ["signs of the shell", "!! a; b & c | d > e < f * ? ~ # (g) [h]"],
    ["signs of openssl.cnf", "a, b # c = d [e] @f"],
    ["other scripts", "Bücher 株式会社 Ελλάς 🏭"],
    ["a leading hyphen", "-subj"],
  ])("formatRequestCommand keeps a subject with %s unchanged", (_, organization) => {
    const subject = { organization, organizationalUnit: organization, commonName: "mqtt-1.example.com" };

    expect(() => run({ subject, dnsNames: ["mqtt-1.example.com"] })).not.toThrow();
  });

  it("formatRequestCommand includes every attribute of a subject", () => {
    const subject = {
      country: "DE",
      province: "Bayern",
      locality: "München",
      organization: "Example Ltd",
      organizationalUnit: "Plant 7",
      commonName: "mqtt-1.example.com",
      emailAddress: "pki@example.com",
    };

    expect(() => run({ subject, dnsNames: ["mqtt-1.example.com"] })).not.toThrow();
  });

  it.each<[string, Broker]>([
    ["an IP address alone", { subject: { commonName: "192.0.2.10" }, ipAddresses: ["192.0.2.10"] }],
    ["an IPv6 address", { subject: { commonName: "2001:db8::1" }, ipAddresses: ["2001:db8::1"] }],
    ["a wildcard", { subject: { commonName: "*.example.com" }, dnsNames: ["*.example.com"] }],
    ["many names", { dnsNames: Array.from({ length: 200 }, (_, index) => `mqtt-${index}.plant.example.com`) }],
    ["both kinds", { dnsNames: ["b.example.com", "a.example.com"], ipAddresses: ["2001:db8::1", "192.0.2.10"] }],
  ])("formatRequestCommand asks for %s", (_, broker) => {
    expect(() => run(broker)).not.toThrow();
  });

  it("formatRequestCommand makes the names critical without a subject, as for a too long common name", () => {
    const name = `${"a".repeat(63)}.example.com`;

    expect(run({ dnsNames: [name] }).text).toMatch(/Alternative Name: critical\s+DNS:/);
    expect(run({ dnsNames: [name], subject: { organization: "Example Ltd" } }).text).toMatch(
      /Alternative Name: *\n\s+DNS:/,
    );
  });
});

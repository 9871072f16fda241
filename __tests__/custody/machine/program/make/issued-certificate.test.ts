import { X509Certificate } from "node:crypto";
import { Signer } from "../../../../../lib/custody/machine/program/make/certificate";
import { saysTheSame } from "../../../../../lib/custody/machine/program/make/issued-certificate";
import type { ServerUsage } from "../../../../../lib/custody/machine/program/make/certificate-content";
import {
  Subject,
  P256,
  OTHER,
  NAME,
  AUTHORITY,
  SERVER,
  keyOf,
  content,
  server,
  spkiOf,
  openssl,
  file,
  pemFile,
  partsOf,
  ofOpenssl,
} from "./support";

describe("saysTheSame", () => {
  const root = Signer.selfSigned(AUTHORITY, P256, "sha256");
  const make = (changed: Partial<ServerUsage> = {}, subject: Subject = SERVER.subject, by = root, key = P256) =>
    new X509Certificate(Signer.fromIssuer(by, key, "sha256").sign(content(subject, server(changed)), spkiOf(OTHER)));
  const fresh = make();

  it("saysTheSame ignores serial numbers, validity and public keys", () => {
    const other = content(SERVER.subject, server(), { notAfter: new Date("2049-01-01T00:00:00Z") });
    const there = Signer.fromIssuer(root, P256, "sha256").sign(other, spkiOf(keyOf("Ed25519")));

    expect(saysTheSame(new X509Certificate(there), fresh, "server")).toBe(true);
    expect(saysTheSame(make({}, {}), make({}, {}), "server")).toBe(true);
  });

  it.each([
    ["another subject", make({}, { commonName: "other.example.com" })],
    ["no subject", make({}, {})],
    ["one attribute more", make({}, { commonName: NAME, organization: "Example Ltd" })],
    ["another name", make({ dnsNames: ["other.example.com"] })],
    ["one address more", make({ ipAddresses: ["192.0.2.1"] })],
    ["another key usage", make({ canEncipher: true })],
    ["another extended key usage", make({ clientAuth: true })],
    [
      "another issuer",
      make({}, SERVER.subject, Signer.selfSigned(content({ commonName: "B" }, { kind: "authority" }), P256, "sha256")),
    ],
    ["another key of the issuer", make({}, SERVER.subject, Signer.selfSigned(AUTHORITY, OTHER, "sha256"), OTHER)],
  ])("saysTheSame notices %s", (_, there) => {
    expect(saysTheSame(there, fresh, "server")).toBe(false);
  });

  it("saysTheSame ignores string types and encodings of equal values", () => {
    // Other programs encode every string as UTF8String.
    const configuration = file(
      "utf8.cnf",
      ["[req]", "string_mask = utf8only", "distinguished_name = dn", "[dn]", "[e]"]
        .concat(["keyUsage = critical, digitalSignature", "extendedKeyUsage = serverAuth"])
        .concat(["basicConstraints = critical, DER:30:03:01:01:00", "subjectKeyIdentifier = hash"])
        .concat(["authorityKeyIdentifier = keyid:always, issuer:always", `subjectAltName = DNS:${NAME}`, ""])
        .join("\n"),
    );
    const keyFile = file("utf8.key", OTHER.export({ type: "pkcs8", format: "pem" }));
    const caKey = file("utf8-ca.key", P256.export({ type: "pkcs8", format: "pem" }));
    const args = ["-CA", pemFile("utf8-ca.pem", root), "-CAkey", caKey, "-subj", `/CN=${NAME}`, "-extensions", "e"];
    const there = new X509Certificate(openssl("req", "-x509", "-config", configuration, "-key", keyFile, ...args));

    expect(partsOf(there.raw).subject).not.toBe(partsOf(fresh.raw).subject);
    expect(saysTheSame(there, fresh, "server")).toBe(true);
  });

  it.each([
    ["a path length", { pathLength: 1 }],
    ["name constraints", { permittedDomains: ["example.com"] }],
  ])("saysTheSame notices %s of an authority", (_, usage) => {
    const there = Signer.selfSigned(content(AUTHORITY.subject, { kind: "authority", ...usage }), P256, "sha256");

    expect(saysTheSame(new X509Certificate(there), new X509Certificate(root), "authority")).toBe(false);
  });

  it("saysTheSame ignores the alternative names of an authority", () => {
    const subject = { commonName: "Plant CA", emailAddress: "pki@example.com" };
    const ours = Signer.selfSigned(content(subject, { kind: "authority" }), P256, "sha256");
    const theirs = ofOpenssl(
      "/CN=Plant CA/emailAddress=pki@example.com",
      P256,
      ["keyUsage = critical, keyCertSign, cRLSign", "basicConstraints = critical, CA:TRUE"],
      [],
    );

    expect(saysTheSame(new X509Certificate(theirs), new X509Certificate(ours), "authority")).toBe(true);
  });
});

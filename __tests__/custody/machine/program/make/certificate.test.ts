import { createPublicKey, generateKeyPairSync, type KeyObject, X509Certificate } from "node:crypto";
import { Signer } from "../../../../../lib/custody/machine/program/make/certificate";
import { saysTheSame } from "../../../../../lib/custody/machine/program/make/issued-certificate";
import type { AuthorityUsage, ServerUsage } from "../../../../../lib/custody/machine/program/make/certificate-content";
import type { Digest } from "../../../../../lib/x509/signature-algorithm";
import {
  Subject,
  KEYS,
  P256,
  OTHER,
  VALID,
  NAME,
  AUTHORITY,
  SERVER,
  content,
  server,
  spkiOf,
  openssl,
  file,
  pemFile,
  textOf,
  verify,
  refusalOf,
  partsOf,
  ofOpenssl,
} from "./support";

describe("Signer", () => {
  describe.each([...KEYS])("Signer with a key of %s", (algorithm, key) => {
    const digest: Digest = algorithm === "ECDSA-P384" ? "sha384" : "sha256";
    const root = Signer.selfSigned(AUTHORITY, key, digest);
    const signer = Signer.fromIssuer(root, key, digest);

    it("Signer signs for keys of every algorithm", () => {
      const certificates = [...KEYS.values()].map((subject) => signer.sign(SERVER, spkiOf(subject)));

      expect(verify(root, root, ...certificates)).toEqual(certificates.map(() => "OK").concat("OK"));
      certificates.forEach((der, i) => {
        const certificate = new X509Certificate(der);
        expect(certificate.verify(createPublicKey(key))).toBe(true);
        expect(certificate.checkIssued(new X509Certificate(root))).toBe(true);
        expect(certificate.publicKey.equals(createPublicKey([...KEYS.values()][i] ?? key))).toBe(true);
      });
    });

    it.each<Digest>(["sha256", "sha384", "sha512"])(
      "Signer encodes the signature algorithm with %s as OpenSSL does",
      (each) => {
        const args = algorithm === "Ed25519" ? [] : [`-${each}`];
        const theirs = ofOpenssl("/CN=Plant CA", key, ["basicConstraints = CA:TRUE"], args);
        const ours = Signer.selfSigned(AUTHORITY, key, each);

        expect(partsOf(ours).algorithm).toBe(partsOf(theirs).algorithm);
        expect(verify(ours, ours)).toEqual(["OK"]);
      },
    );
  });

  it("Signer.selfSigned refuses a key of another type", () => {
    const { privateKey } = generateKeyPairSync("rsa-pss", { modulusLength: 2048 });

    expect(() => Signer.selfSigned(AUTHORITY, privateKey, "sha256")).toThrow(
      "A key of type rsa-pss signs no certificates here.",
    );
  });

  it("Signer refuses data that is not a certificate or not a public key", () => {
    const root = Signer.selfSigned(AUTHORITY, P256, "sha256");

    expect(() => Signer.fromIssuer(Buffer.from("hello"), P256, "sha256")).toThrow("This is not a certificate.");
    expect(() => Signer.fromIssuer(root, P256, "sha256").sign(SERVER, Buffer.from("hello"))).toThrow(
      "This is not a public key.",
    );
  });
});

describe("certificate of an authority", () => {
  const base = ["keyUsage = critical, keyCertSign, cRLSign"];
  const cases: readonly (readonly [string, Subject, string, Omit<AuthorityUsage, "kind">, readonly string[]])[] = [
    ["with nothing else", { commonName: "Plant CA" }, "/CN=Plant CA", {}, ["basicConstraints = critical, CA:TRUE"]],
    [
      "with a path length",
      { organization: "Example Ltd", commonName: "Plant CA" },
      "/O=Example Ltd/CN=Plant CA",
      { pathLength: 0 },
      ["basicConstraints = critical, CA:TRUE, pathlen:0"],
    ],
    [
      "with name constraints",
      { commonName: "Plant CA" },
      "/CN=Plant CA",
      { pathLength: 3, permittedDomains: ["example.com", ".example.org"] },
      [
        "basicConstraints = critical, CA:TRUE, pathlen:3",
        "nameConstraints = critical, permitted;DNS:example.com, permitted;DNS:.example.org",
      ],
    ],
    [
      "with an e-mail address",
      { commonName: "Plant CA", emailAddress: "pki@example.com" },
      "/CN=Plant CA/emailAddress=pki@example.com",
      { permittedDomains: ["example.com"] },
      [
        "basicConstraints = critical, CA:TRUE",
        "nameConstraints = critical, permitted;DNS:example.com",
        "subjectAltName = email:copy",
      ],
    ],
  ];

  it.each(cases)(
    "Signer makes the same certificate of an authority as OpenSSL %s",
    (_, subject, opensslSubject, usage, [constraints = "", ...more]) => {
      const theirs = ofOpenssl(
        opensslSubject,
        P256,
        [...base, constraints, "subjectKeyIdentifier = hash", ...more],
        [],
      );
      const ours = Signer.selfSigned(content(subject, { kind: "authority", ...usage }), P256, "sha256");

      expect({ ...partsOf(ours), validity: "" }).toEqual({ ...partsOf(theirs), validity: "" });
      expect(verify(ours, ours)).toEqual(["OK"]);
    },
  );

  it("The permitted domains of an authority limit the names in its certificates", () => {
    const usage = { kind: "authority", permittedDomains: ["example.com"] } as const;
    const root = Signer.selfSigned(content({ commonName: "Plant CA" }, usage), P256, "sha256");
    const signer = Signer.fromIssuer(root, P256, "sha256");
    const foreign = content({ commonName: "an other" }, server({ dnsNames: ["mqtt.example.org"] }));

    expect(verify(root, signer.sign(SERVER, spkiOf(OTHER)))).toEqual(["OK"]);
    expect(refusalOf(root, signer.sign(foreign, spkiOf(OTHER)))).toContain("permitted subtree violation");
  });
});

describe("certificate of a server", () => {
  const root = Signer.selfSigned(
    content({ country: "DE", commonName: "Plant CA" }, { kind: "authority" }),
    P256,
    "sha256",
  );
  const signer = Signer.fromIssuer(root, P256, "sha256");
  const sign = (subject: Subject, usage: Partial<ServerUsage> = {}): Buffer =>
    signer.sign(content(subject, server(usage)), spkiOf(OTHER));

  const everything = "A-z 0'9(+),./:=?";
  const cases: readonly (readonly [string, Subject, string, Partial<ServerUsage>, string])[] = [
    ["with a name", { commonName: NAME }, `/CN=${NAME}`, {}, `DNS:${NAME}`],
    [
      "with all attributes, in one order",
      {
        emailAddress: "pki@example.com",
        commonName: NAME,
        organizationalUnit: "Plant 1",
        organization: "Example Ltd",
        locality: "Köln",
        province: "Nordrhein-Westfalen",
        country: "DE",
      },
      `/C=DE/ST=Nordrhein-Westfalen/L=Köln/O=Example Ltd/OU=Plant 1/CN=${NAME}/emailAddress=pki@example.com`,
      {},
      `DNS:${NAME}`,
    ],
    [
      "with text of other scripts, and with what PrintableString has and has not",
      { locality: "東京 🏭", organization: everything, organizationalUnit: "50 % & more_@*" },
      String.raw`/L=東京 🏭/O=A-z 0'9(\+),.\/:=?/OU=50 % & more_@*`,
      {},
      `DNS:${NAME}`,
    ],
    [
      "with a wildcard",
      { commonName: "*.example.com" },
      "/CN=*.example.com",
      { dnsNames: ["*.example.com"] },
      "DNS:*.example.com",
    ],
    [
      "with an internationalized name",
      { commonName: "xn--mnchen-3ya.example" },
      "/CN=xn--mnchen-3ya.example",
      { dnsNames: ["xn--mnchen-3ya.example"] },
      "DNS:xn--mnchen-3ya.example",
    ],
    [
      "with addresses after the names",
      { commonName: NAME },
      `/CN=${NAME}`,
      { dnsNames: [NAME, "b.example.com"], ipAddresses: ["192.0.2.10", "2001:db8::1", "::1", "64:ff9b::c000:20a"] },
      `DNS:${NAME}, DNS:b.example.com, IP:192.0.2.10, IP:2001:db8::1, IP:::1, IP:64:ff9b::c000:20a`,
    ],
    ["with an address alone", {}, "/", { dnsNames: [], ipAddresses: ["2001:db8::2"] }, "critical, IP:2001:db8::2"],
    [
      "without a subject",
      {},
      "/",
      { dnsNames: [`${"a".repeat(60)}.${NAME}`] },
      `critical, DNS:${"a".repeat(60)}.${NAME}`,
    ],
    ["that may encipher", { commonName: NAME }, `/CN=${NAME}`, { canEncipher: true }, `DNS:${NAME}`],
    ["that is a client's too", { commonName: NAME }, `/CN=${NAME}`, { clientAuth: true }, `DNS:${NAME}`],
    [
      "with many names",
      { commonName: NAME },
      `/CN=${NAME}`,
      { dnsNames: Array.from({ length: 300 }, (_, i) => `m${i}.example.com`) },
      Array.from({ length: 300 }, (_, i) => `DNS:m${i}.example.com`).join(", "),
    ],
  ];

  it.each(cases)(
    "Signer makes the same certificate of a server as OpenSSL %s",
    (_, subject, opensslSubject, usage, names) => {
      const theirs = ofOpenssl(
        opensslSubject,
        OTHER,
        [
          `keyUsage = critical, digitalSignature${usage.canEncipher === true ? ", keyEncipherment" : ""}`,
          `extendedKeyUsage = serverAuth${usage.clientAuth === true ? ", clientAuth" : ""}`,
          "basicConstraints = critical, CA:FALSE",
          "subjectKeyIdentifier = hash",
          "authorityKeyIdentifier = keyid",
          `subjectAltName = ${names}`,
        ],
        ["-CA", pemFile("ca.pem", root), "-CAkey", file("ca.key", P256.export({ type: "pkcs8", format: "pem" }))],
      );
      const ours = sign(subject, usage);

      expect({ ...partsOf(ours), validity: "" }).toEqual({ ...partsOf(theirs), validity: "" });
      expect(saysTheSame(new X509Certificate(theirs), new X509Certificate(ours), "server")).toBe(true);
      expect(verify(root, ours)).toEqual(["OK"]);
    },
  );

  it("OpenSSL shows the usages, constraints and names of a server's certificate", () => {
    const text = textOf(sign({ commonName: NAME }, { ipAddresses: ["2001:db8::1"] }));

    expect(text).toContain("Version: 3 (0x2)");
    expect(text).toMatch(/Key Usage: critical\n\s+Digital Signature\n/);
    expect(text).toMatch(/Extended Key Usage: \n\s+TLS Web Server Authentication\n/);
    expect(text).toMatch(/Basic Constraints: critical\n\s+CA:FALSE\n/);
    expect(text).toMatch(/Alternative Name: \n\s+DNS:mqtt-1\.example\.com, IP Address:2001:DB8:0:0:0:0:0:1\n/);
  });

  it("A server's certificate has a unique, positive serial number of 20 bytes", () => {
    const serials = Array.from({ length: 500 }, () => new X509Certificate(sign({})).serialNumber);

    expect(new Set(serials).size).toBe(serials.length);
    expect(serials.filter((serial) => !/^[4-7][0-9A-F]{39}$/.test(serial))).toEqual([]);
  });

  it.each([
    ["2026-01-01T00:00:00Z", "2049-12-31T23:59:59Z", "170d3236303130313030303030305a170d3439313233313233353935395a"],
    [
      "2049-12-31T23:59:59Z",
      "2050-01-01T00:00:00Z",
      "170d3439313233313233353935395a180f32303530303130313030303030305a",
    ],
    [
      "2050-02-03T04:05:06Z",
      "2126-11-12T13:14:15Z",
      "180f32303530303230333034303530365a180f32313236313131323133313431355a",
    ],
  ])("A server's certificate is valid from %s to %s", (from, to, encoded) => {
    const validity = { notBefore: new Date(from), notAfter: new Date(to) };
    const der = signer.sign(content({ commonName: NAME }, server(), validity), spkiOf(OTHER));

    expect(partsOf(der).validity.slice(4)).toBe(encoded);
    const { validFrom, validTo } = new X509Certificate(der);
    expect([new Date(validFrom), new Date(validTo)]).toEqual([validity.notBefore, validity.notAfter]);
  });

  it("Signer gives each certificate its own validity", () => {
    const later = content({ commonName: NAME }, server(), { notAfter: new Date("2040-01-01T00:00:00Z") });
    const ends = [SERVER, later, SERVER].map(
      (each) => new Date(new X509Certificate(signer.sign(each, spkiOf(OTHER))).validTo),
    );

    expect(ends).toEqual([VALID.notAfter, later.notAfter, VALID.notAfter]);
  });
});

describe("issuer's name and key identifier", () => {
  const constraints = ["basicConstraints = critical, CA:TRUE", "keyUsage = critical, keyCertSign"];

  it("Signer copies the issuer's name and key identifier byte for byte", () => {
    // This project makes neither a BMPString nor an RDN with two attributes.
    const configuration = file(
      "bmp.cnf",
      [
        "[req]",
        "utf8 = yes",
        "string_mask = MASK:0x0800",
        "distinguished_name = dn",
        "prompt = no",
        "x509_extensions = e",
      ]
        .concat(["[dn]", "O = Überlingen", "+OU = Plant", "CN = Köln CA", "[e]", ...constraints])
        .concat(["subjectKeyIdentifier = 0102030405", ""])
        .join("\n"),
    );
    const keyFile = file("bmp.key", P256.export({ type: "pkcs8", format: "pem" }));
    const root = new X509Certificate(openssl("req", "-x509", "-config", configuration, "-key", keyFile)).raw;
    const ours = Signer.fromIssuer(root, P256, "sha256").sign(SERVER, spkiOf(OTHER));

    expect(partsOf(ours).issuer).toBe(partsOf(root).subject);
    expect(partsOf(ours).issuer).toContain("1e");
    expect(textOf(ours)).toMatch(/Authority Key Identifier: \n\s+(keyid:)?01:02:03:04:05\n/);
    expect(verify(root, ours)).toEqual(["OK"]);
  });

  it("Signer derives the key identifier from the key if the issuer's certificate has none", () => {
    const identifier = /Subject Key Identifier: \n\s+(\S+)\n/.exec(
      textOf(Signer.selfSigned(AUTHORITY, P256, "sha256")),
    )?.[1];
    const request = file("v1.csr", openssl("req", "-new", "-subj", "/CN=Old CA", "-key", keyFileOf(P256)));
    const old = new X509Certificate(openssl("x509", "-req", "-in", request, "-signkey", keyFileOf(P256))).raw;
    const ours = Signer.fromIssuer(old, P256, "sha256").sign(SERVER, spkiOf(OTHER));

    expect(textOf(old)).toContain("Version: 1 (0x0)");
    expect(textOf(ours)).toMatch(/Issuer: CN ?= ?Old CA\n/);
    expect(textOf(ours)).toMatch(new RegExp(`Authority Key Identifier: \\n\\s+(keyid:)?${identifier ?? "none"}\\n`));
  });

  function keyFileOf(key: KeyObject): string {
    return file("own.key", key.export({ type: "pkcs8", format: "pem" }));
  }
});

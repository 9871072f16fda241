import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CertificationRequest } from "@peculiar/asn1-csr";
import { AsnConvert } from "@peculiar/asn1-schema";
import { CertificateRequest, type ExpectedRequest } from "../../lib/x509/certificate-request";
import { DistinguishedName, type DistinguishedNameProps } from "../../lib/values/distinguished-name";
import { problemsOf } from "../support/problems";
import { inTemporaryFolder, makeRequest, onCurve, openssl, type RequestOptions } from "../support/requests";

const COMMAND = "openssl req -new …";
const MAKE = `make it on the broker: ${COMMAND}`;
const COPY = `copy it from the broker again, unchanged, or make it there: ${COMMAND}`;
const NAME = "mqtt-1.example.com";

interface Expected extends Partial<Omit<ExpectedRequest, "subject" | "command">> {
  readonly subject?: DistinguishedNameProps;
}

function read(content: Uint8Array | string, expected: Expected = {}): CertificateRequest {
  const { subject = { commonName: NAME }, dnsNames = [NAME], ipAddresses = [] } = expected;
  return CertificateRequest.fromContent(content, {
    subject: DistinguishedName.fromProps(subject),
    dnsNames,
    ipAddresses,
    isForProvider: false,
    command: COMMAND,
  });
}

/** What is wrong, and what to do about it: one problem, and one that shows nothing of what was given. */
function flawOf(content: unknown, expected?: Expected): { reason: string; fix: string } | undefined {
  const problems = problemsOf(() => read(content as string, expected));
  expect(problems.length).toBeLessThanOrEqual(1);
  return problems.map(({ path, value, reason, fix }) => {
    expect({ path, value }).toEqual({ path: "", value: "(a request)" });
    return { reason, fix };
  })[0];
}

/** What is wrong with a request that openssl makes: a new one puts it right. */
function flawOfMade(options: RequestOptions, expected?: Expected): string | undefined {
  const flaw = flawOf(makeRequest(options).pem, expected);
  expect(flaw?.fix ?? MAKE).toBe(MAKE);
  return flaw?.reason;
}

function toDer(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----[^-]+-----/g, ""), "base64");
}

/** The bytes with a text replaced by another of the same length, which changes the signed content. */
function tamper(der: Buffer, from: string, to: string): Buffer {
  return Buffer.from(der.toString("latin1").replace(from, to), "latin1");
}

let pem = "";
let key = "";

beforeAll(() => {
  ({ pem, key } = makeRequest());
});

describe("CertificateRequest.fromContent", () => {
  it.each<[string, () => Uint8Array | string]>([
    ["PEM text", () => pem],
    ["the bytes of a PEM file", () => Buffer.from(pem)],
    ["the bytes of a DER file", () => toDer(pem)],
    ["line ends of Windows", () => pem.replaceAll("\n", "\r\n")],
    ["a byte order mark", () => `\uFEFF${pem}`],
    ["the bytes of one", () => Buffer.from(`\uFEFF${pem}`)],
    ["the bytes of UTF-16", () => Buffer.from(`\uFEFF${pem}`.replaceAll("\n", "\r\n"), "utf16le")],
    ["no line end after it", () => pem.trimEnd()],
    ["text around it", () => `The request of ${NAME}:\n\n${pem}\nThanks\n`],
    ["what openssl tells of it", () => inTemporaryFolder((folder) => openssl(folder, ["req", "-text"], pem))],
    ["the label of old programs", () => pem.replaceAll("CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST")],
    ["longer lines", () => pem.replace(/(?<=[\w+/=])\n(?=[\w+/])/g, "")],
  ])("CertificateRequest.fromContent accepts a request with %s, and gives the same PEM for it", (_, content) => {
    expect(read(content()).pem).toBe(pem);
  });

  it("CertificateRequest.fromContent gives PEM that openssl verifies", () => {
    const { pem: canonical } = read(toDer(pem));

    inTemporaryFolder((folder) => {
      expect(() => openssl(folder, ["req", "-verify", "-noout"], canonical)).not.toThrow();
    });
  });

  describe("the key of a request", () => {
    it.each([
      ["RSA", ["-newkey", "rsa:2048"]],
      ["RSA", ["-newkey", "rsa:3072"]],
      ["ECDSA", onCurve("P-256")],
      ["ECDSA", onCurve("P-384")],
      ["ECDSA", onCurve("P-521")],
      ["ED25519", ["-newkey", "ed25519"]],
    ])(
      "CertificateRequest.fromContent accepts a key of %s, made with %p, and has its algorithm",
      (algorithm, newKey) => {
        expect(read(makeRequest({ newKey }).pem).algorithm).toBe(algorithm);
      },
    );

    it.each([
      [["-newkey", "rsa:1024"], "has an RSA key of 1024 bits (clients require at least 2048)"],
      [["-newkey", "rsa:2047"], "has an RSA key of 2047 bits (clients require at least 2048)"],
      // Of five primes, for it is made in a fraction of the time.
      [
        ["-newkey", "rsa:8200", "-pkeyopt", "rsa_keygen_primes:5"],
        "has an RSA key of 8200 bits (clients accept at most 8192)",
      ],
      [
        ["-newkey", "rsa:2048", "-pkeyopt", "rsa_keygen_pubexp:3"],
        "has an RSA key with the public exponent 3 (at least 65537 is required)",
      ],
      [onCurve("secp256k1"), "has a key on the curve secp256k1 (clients accept P-256, P-384 and P-521)"],
      [onCurve("P-224"), "has a key on the curve P-224 (clients accept P-256, P-384 and P-521)"],
      [
        [...onCurve("P-256"), "-pkeyopt", "ec_param_enc:explicit"],
        "has a key on a curve with explicit parameters instead of a name (RFC 5480, section 2.1.1)",
      ],
    ])("CertificateRequest.fromContent refuses a key made with %p", (newKey, reason) => {
      expect(flawOfMade({ newKey })).toBe(reason);
    });

    it.each([
      ["Ed448", ["-newkey", "ed448"]],
      ["RSASSA-PSS", ["-newkey", "rsa-pss", "-pkeyopt", "rsa_keygen_bits:2048"]],
    ])("CertificateRequest.fromContent refuses a key of type %s", (type, newKey) => {
      expect(flawOfMade({ newKey })).toContain(`has a key of type ${type} (clients accept RSA, EC and Ed25519)`);
    });

    it("CertificateRequest.fromContent refuses a key of an unknown type", () => {
      const ed25519 = toDer(makeRequest({ newKey: ["-newkey", "ed25519"] }).pem);
      const unknown = tamper(ed25519, "+ep", "+e\x01");

      expect(flawOf(unknown)?.reason).toBe("has a key of type 1.3.101.1 (clients accept RSA, EC and Ed25519)");
    });
  });

  describe("the signature of a request", () => {
    it.each(["-sha256", "-sha384", "-sha512"])(
      "CertificateRequest.fromContent accepts a signature with %s, with RSA and with ECDSA",
      (hash) => {
        expect(flawOfMade({ args: [hash] })).toBeUndefined();
        expect(flawOfMade({ newKey: ["-newkey", "rsa:2048"], args: [hash] })).toBeUndefined();
      },
    );

    const rsa = ["-newkey", "rsa:2048"];
    const taken = "which is not supported: use RSA (PKCS #1 v1.5) or ECDSA with SHA-256, -384 or -512, or Ed25519";

    it.each([
      ["MD5", rsa, ["-md5"]],
      ["SHA-1", rsa, ["-sha1"]],
      ["SHA-1", onCurve("P-256"), ["-sha1"]],
      ["SHA-224", rsa, ["-sha224"]],
      ["SHA-224", onCurve("P-256"), ["-sha224"]],
      ["RSASSA-PSS", rsa, ["-sha256", "-sigopt", "rsa_padding_mode:pss"]],
      ["2.16.840.1.101.3.4.3.10", onCurve("P-256"), ["-sha3-256"]],
    ])("CertificateRequest.fromContent refuses a signature with %s, with a key made with %p", (name, newKey, args) => {
      expect(flawOfMade({ newKey, args })).toBe(`is signed with ${name}, ${taken}`);
    });

    it.each([
      ["RSA", ["-newkey", "rsa:2048"]],
      ["ECDSA", onCurve("P-256")],
      ["Ed25519", ["-newkey", "ed25519"]],
    ])(
      "CertificateRequest.fromContent refuses a request that was changed after it was signed, with %s",
      (_, newKey) => {
        const forged = tamper(toDer(makeRequest({ newKey }).pem), NAME, "mqtt-9.example.com");

        expect(flawOf(forged, { subject: { commonName: "mqtt-9.example.com" } })).toEqual({
          reason: "has a signature that its key did not make",
          fix: MAKE,
        });
      },
    );

    it("CertificateRequest.fromContent refuses an invalid signature", () => {
      const der = toDer(pem);
      der.fill(0, der.length - 60);

      expect(flawOf(der)?.reason).toBe("has a signature that its key did not make");
    });

    it("CertificateRequest.fromContent refuses a signature algorithm of another type of key", () => {
      const request = AsnConvert.parse(toDer(pem), CertificationRequest);
      request.signatureAlgorithm.algorithm = "1.2.840.113549.1.1.11";

      expect(flawOf(new Uint8Array(AsnConvert.serialize(request)))?.reason).toBe(
        "has a signature that its key did not make",
      );
    });
  });

  describe("the subject of a request", () => {
    const subject = { country: "DE", organization: "Bücher GmbH", commonName: NAME };

    it.each<[string, RequestOptions]>([
      ["in another order", { subject: { CN: NAME, O: "Bücher GmbH", C: "DE" } }],
      ["in other letter case, with more blanks", { subject: { C: "DE", O: "BÜCHER   gmbh", CN: NAME } }],
      ["as one set", { subject: { C: "DE", O: "Bücher GmbH", "+CN": NAME } }],
    ])("CertificateRequest.fromContent accepts the attributes %s", (_, options) => {
      expect(read(makeRequest(options).pem, { subject }).algorithm).toBe("ECDSA");
    });

    it.each([
      ["UTF8String", "utf8only"],
      ["BMPString", "MASK:0x800"],
      ["TeletexString", "MASK:0x4"],
      ["UniversalString", "MASK:0x100"],
    ])("CertificateRequest.fromContent accepts the attributes as %s", (_, mask) => {
      const made = makeRequest({ subject: { O: "Bücher GmbH", CN: NAME }, lines: [`string_mask = ${mask}`] });

      expect(read(made.pem, { subject: { organization: "Bücher GmbH", commonName: NAME } }).algorithm).toBe("ECDSA");
    });

    it.each<[string, RequestOptions["subject"] & object, string]>([
      [
        "another value",
        { O: "Example Ltd", CN: "mqtt-2.example.com" },
        "organization=Example Ltd, commonName=mqtt-2.example.com",
      ],
      ["an attribute fewer", { CN: NAME }, `commonName=${NAME}`],
      [
        "an attribute more",
        { CN: NAME, O: "Example Ltd", OU: "Plant 7" },
        `organization=Example Ltd, organizationalUnit=Plant 7, commonName=${NAME}`,
      ],
      [
        "an attribute twice",
        { O: "Example Ltd", "1.CN": NAME, "2.CN": NAME },
        `organization=Example Ltd, commonName=${NAME}, commonName=${NAME}`,
      ],
      [
        "an attribute that is not known",
        { O: "Example Ltd", CN: NAME, GN: "Ada" },
        `organization=Example Ltd, commonName=${NAME}, 2.5.4.42=Ada`,
      ],
      ["no subject", {}, ""],
    ])("CertificateRequest.fromContent refuses a subject with %s, and shows both", (_, given, shown) => {
      expect(flawOfMade({ subject: given }, { subject: { organization: "Example Ltd", commonName: NAME } })).toBe(
        `has the subject "${shown}" instead of "organization=Example Ltd, commonName=${NAME}"`,
      );
    });

    it("CertificateRequest.fromContent accepts no subject if none is expected, and refuses one", () => {
      expect(flawOfMade({ subject: {} }, { subject: {} })).toBeUndefined();
      expect(flawOfMade({}, { subject: {} })).toBe(`has the subject "commonName=${NAME}" instead of ""`);
    });
  });

  describe("the names of a request", () => {
    const expected = { dnsNames: [NAME, "*.example.com"], ipAddresses: ["192.0.2.10", "2001:db8::1"] };
    const names = [`DNS:${NAME}`, "DNS:*.example.com", "IP:192.0.2.10", "IP:2001:db8::1"];

    it.each([
      ["as they are expected", names],
      ["in another order", [...names].reverse()],
      ["with an IPv6 address that is spelled in full", [...names.slice(0, 3), "IP:2001:0DB8:0:0:0:0:0:1"]],
      ["in other letter case", ["DNS:MQTT-1.Example.com", ...names.slice(1)]],
      ["twice", [...names, `DNS:${NAME}`]],
      ["marked as critical", ["critical", ...names]],
    ])("CertificateRequest.fromContent accepts the names %s", (_, given) => {
      expect(flawOfMade({ names: given }, expected)).toBeUndefined();
    });

    it("CertificateRequest.fromContent refuses a request without names", () => {
      expect(flawOfMade({ names: [] })).toBe("has no subject alternative name");
      expect(flawOfMade({ names: [], extensions: ["keyUsage = digitalSignature"] })).toBe(
        "has no subject alternative name",
      );
    });

    it("CertificateRequest.fromContent reports missing names", () => {
      expect(flawOfMade({ names: [`DNS:${NAME}`, "IP:192.0.2.10"] }, expected)).toBe(
        'does not ask for "DNS:*.example.com, IP:2001:db8::1"',
      );
    });

    it.each([
      ["DNS:other.example.com", "DNS:other.example.com"],
      ["DNS:mqtt-1.example.com.", "DNS:mqtt-1.example.com."],
      // A name that looks like an address is none.
      ["DNS:192.0.2.10", "DNS:192.0.2.10"],
      ["IP:192.0.2.11", "IP:192.0.2.11"],
      ["IP:0.0.0.0", "IP:0.0.0.0"],
      ["IP:2001:DB8::2", "IP:2001:db8::2"],
      ["URI:mqtts://mqtt-1.example.com", "URI:mqtts://mqtt-1.example.com"],
      ["email:pki@example.com", "email:pki@example.com"],
      ["RID:1.2.3.4", "RID:1.2.3.4"],
      ["otherName:1.2.3.4;UTF8:x", "otherName"],
      ["dirName:subject", "dirName"],
    ])("CertificateRequest.fromContent refuses %s in addition to the expected names", (name, shown) => {
      expect(flawOfMade({ names: [...names, name] }, expected)).toBe(`also asks for "${shown}"`);
    });

    it("CertificateRequest.fromContent reports both missing and additional names", () => {
      expect(flawOfMade({ names: ["DNS:a.example.com", "URI:urn:x"] })).toBe(
        `does not ask for "DNS:${NAME}", and also asks for "DNS:a.example.com, URI:urn:x"`,
      );
    });

    it("CertificateRequest.fromContent ignores other requested extensions", () => {
      const extensions = [
        "basicConstraints = critical, CA:TRUE",
        "keyUsage = keyCertSign",
        "1.2.3.4 = critical, DER:0500",
      ];

      expect(flawOfMade({ extensions })).toBeUndefined();
    });
  });

  it("CertificateRequest.fromContent refuses a challengePassword, and does not show it", () => {
    const reason = flawOfMade({ lines: ["attributes = more", "[more]", "challengePassword = correct horse"] });

    expect(reason).toBe("has a challengePassword, which is a secret and would be in files that others read");
  });

  it("CertificateRequest.fromContent reports all flaws at once, with one command for a correct request", () => {
    const flaw = flawOfMade({
      subject: { CN: "other" },
      names: ["DNS:other"],
      newKey: ["-newkey", "rsa:1024"],
      args: ["-sha1"],
      lines: ["attributes = more", "[more]", "challengePassword = correct horse"],
    });

    expect(flaw?.split(", and ").map((part) => part.split(" ").slice(0, 4).join(" "))).toEqual([
      "has an RSA key",
      "is signed with SHA-1,",
      'has the subject "commonName=other"',
      "does not ask for",
      'also asks for "DNS:other"',
      "has a challengePassword, which",
    ]);
  });

  describe("content that is not a request", () => {
    function certificate(): string {
      return inTemporaryFolder((folder) => {
        openssl(folder, ["req", "-x509", ...onCurve("P-256"), "-nodes", "-keyout", "k", "-out", "c", "-subj", "/CN=x"]);
        return readFileSync(join(folder, "c"), "utf8");
      });
    }

    it.each<[string, () => unknown]>([
      ["text", () => "0 is where a request starts"],
      ["binary garbage", () => Buffer.from("3082ffff00", "hex")],
      ["a certificate as DER", () => new X509Certificate(certificate()).raw],
      ["a private key as DER", () => toDer(key)],
      ["a request that is cut off", () => pem.slice(0, 200)],
      ["a request that lost its last line", () => pem.replace(/-----END.*\n/, "")],
      ["a request that lost a line", () => pem.replace(/\n.*\n/, "\n")],
      ["a request with a character that is no base64", () => pem.replace("\nM", "\n!")],
      ["DER that is cut off", () => toDer(pem).subarray(0, -1)],
      ["DER with more bytes after it", () => Buffer.concat([toDer(pem), Buffer.from([0, 0])])],
      ["armour with nothing in it", () => "-----BEGIN CERTIFICATE REQUEST-----\n-----END CERTIFICATE REQUEST-----\n"],
    ])("CertificateRequest.fromContent refuses %s", (_, content) => {
      expect(flawOf(content())).toEqual({ reason: "is not one complete request", fix: COPY });
    });

    it.each([[""], ["\n \uFEFF\n"], [new Uint8Array()], [Buffer.from("\uFEFF\r\n")]])(
      "CertificateRequest.fromContent refuses %p as empty",
      (content) => {
        expect(flawOf(content)).toEqual({ reason: "is empty", fix: MAKE });
      },
    );

    it.each([[undefined], [null], [5], [{}]])("CertificateRequest.fromContent refuses %p", (content) => {
      expect(flawOf(content)).toEqual({ reason: "is not text", fix: "give it as PEM" });
    });

    it("CertificateRequest.fromContent refuses a certificate", () => {
      expect(flawOf(certificate())).toEqual({ reason: 'has a block "CERTIFICATE" instead of a request', fix: MAKE });
    });

    it("CertificateRequest.fromContent refuses a public key", () => {
      const publicKey = inTemporaryFolder((folder) => openssl(folder, ["req", "-pubkey", "-noout"], pem));

      expect(flawOf(publicKey)).toEqual({ reason: 'has a block "PUBLIC KEY" instead of a request', fix: MAKE });
    });

    it("CertificateRequest.fromContent refuses several requests, and a request with other blocks", () => {
      expect(flawOf(pem + pem)).toEqual({
        reason: 'has 2 PEM blocks: "CERTIFICATE REQUEST, CERTIFICATE REQUEST"',
        fix: "give only one request",
      });
      expect(flawOf(pem + certificate())?.reason).toBe('has 2 PEM blocks: "CERTIFICATE REQUEST, CERTIFICATE"');
    });

    it.each<[string, () => string]>([
      ["a private key", () => key],
      ["one next to a request", () => pem + key],
      ["one before a request", () => key + pem],
      ["one that is cut off", () => pem + key.slice(0, 100)],
      ["one of PKCS #1", () => key.replaceAll("PRIVATE", "RSA PRIVATE")],
      ["one with a password", () => key.replaceAll("PRIVATE", "ENCRYPTED PRIVATE")],
    ])("CertificateRequest.fromContent refuses %s, and shows nothing of it", (_, content) => {
      expect(flawOf(content())).toEqual({
        reason: "has a private key in it, which must stay on the broker",
        fix: "leave the key there, and give only the request",
      });
    });
  });
});

import { createPublicKey } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "cdktf";
import { BrokerPki } from "../../../lib";
import type { Custody } from "../../../lib/values/custody";
import { DistinguishedName } from "../../../lib/values/distinguished-name";
import { CertificateRequest } from "../../../lib/x509/certificate-request";
import { pemBlocks } from "../../../lib/x509/pem";
import { makeAuthority, openssl } from "../../support/authorities";
import { problemsOf } from "../../support/problems";
import { makeRequest, onCurve } from "../../support/requests";
import { resigned } from "../../support/resigned";

const NAME = "edge-7.example.com";

const made = (options: Parameters<typeof makeRequest>[0] = {}) =>
  makeRequest({
    subject: { O: "Plant_North", CN: NAME },
    names: [`DNS:${NAME}`],
    lines: ["string_mask = utf8only"],
    ...options,
  });

/** What it is refused for with a custody; undefined where it is taken. */
function reason(pem: string, custody: Custody): string | undefined {
  const expected = {
    subject: DistinguishedName.fromProps({ organization: "Plant_North", commonName: NAME }),
    dnsNames: [NAME],
    ipAddresses: [],
    isForProvider: custody === "state",
    command: "openssl req …",
  };
  return problemsOf(() => CertificateRequest.fromContent(pem, expected))[0]?.reason;
}

describe("Requests of devices that Terraform's provider cannot read, or would copy differently", () => {
  const { pem, key } = made({ extensions: ["keyUsage = critical, digitalSignature"] });
  const TEXT = "0c0b506c616e745f4e6f727468";

  it.each<[string, string, RegExp]>([
    [
      "with an underscore in a PrintableString",
      resigned(pem, key, [TEXT, `13${TEXT.slice(2)}`]),
      /^has a subject with a PrintableString with a character that is not allowed in it .*, which Terraform's tls provider cannot read$/,
    ],
    [
      "with a critical extension whose BOOLEAN is 01",
      resigned(pem, key, ["0101ff", "010101"]),
      /^has attributes with a BOOLEAN that is not in DER .*, which Terraform's tls provider cannot read$/,
    ],
    [
      "with another spelling of the subject",
      resigned(pem, key, [TEXT, "0c0b706c616e745f4e6f727468"]),
      /^spells the subject as "organization=plant_North, .*", which Terraform's tls provider would copy$/,
    ],
    [
      "with capital letters in a name",
      made({ names: [`DNS:Edge-7.example.com`] }).pem,
      /^has capital letters in its names, which Terraform's tls provider would copy$/,
    ],
    [
      "with a name twice",
      made({ names: [`DNS:${NAME}`, `DNS:${NAME}`] }).pem,
      /^asks for a name twice, which Terraform's tls provider would copy$/,
    ],
  ])(
    'A device\'s request, %s, is refused with custody "state", and accepted with custody "machine"',
    (_, given, expected) => {
      expect(reason(given, "state")).toMatch(expected);
      expect(reason(given, "machine")).toBeUndefined();
    },
  );
});

describe("Requests of devices that every custody refuses", () => {
  it.each<[string, () => string, RegExp]>([
    [
      "of another version than PKCS #10 has",
      () => {
        const { pem, key } = made();
        return resigned(pem, key, [`020100${subjectOf(pem)}`, `020101${subjectOf(pem)}`]);
      },
      /^has version 2, but only version 1 exists \(RFC 2986, section 4\.1\)$/,
    ],
    [
      "for the point at infinity, which ends the process where Node.js is asked for its details",
      () => {
        const { pem, key } = made();
        const spki = createPublicKey(key).export({ type: "spki", format: "der" }).toString("hex");
        // As long as the point, and so with octets after it.
        return resigned(pem, key, [spki.slice(-130), `00${spki.slice(-128)}`]);
      },
      /^has a key that is not an uncompressed point on its curve \(RFC 5480, section 2\.2\)/,
    ],
    [
      "with a curve that is spelled out",
      () => made({ newKey: [...onCurve("P-256"), "-pkeyopt", "ec_param_enc:explicit"] }).pem,
      /^has a key on a curve with explicit parameters/,
    ],
  ])("A device's request is refused with any custody: %s", (_, given, expected) => {
    expect(reason(given(), "state")).toMatch(expected);
    expect(reason(given(), "machine")).toMatch(expected);
  });
});

describe("Keys of requests in a fleet", () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "keys-"));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each<Custody>(["state", "machine"])(
    "A fleet with one key for two brokers is refused with custody %s",
    (custody) => {
      const first = makeRequest({ subject: { CN: "a.example.com" }, names: ["DNS:a.example.com"] });
      const second = remade(first.key, "b.example.com");
      const brokers = [
        { address: "a.example.com", csrPem: first.pem },
        { address: "b.example.com", csrPem: second },
        { address: "c.example.com", csrPem: remade(first.key, "c.example.com") },
      ];

      expect(
        problemsOf(
          () => new BrokerPki(new App(), "mqtt", { custody, authority: { subject: { commonName: "CA" } }, brokers }),
        ),
      ).toMatchObject([
        {
          path: "brokers[1].csrPem",
          reason: 'is for the key of brokers[0], "a.example.com": each broker needs its own',
          kind: "duplicate",
        },
        { path: "brokers[2].csrPem" },
      ]);
    },
  );

  it("A fleet with a request for the authority's own key is refused", () => {
    const authority = makeAuthority(folder, "Plant");
    const csrPem = remade(readFileSync(authority.keyFile, "utf8"), "a.example.com");

    expect(
      problemsOf(
        () =>
          new BrokerPki(new App(), "mqtt", {
            authority: { certificateFile: authority.certificateFile, keyFile: authority.keyFile },
            brokers: [{ address: "a.example.com", csrPem }],
          }),
      ),
    ).toMatchObject([
      { path: "brokers[0].csrPem", reason: "is for the key of the authority that signs it", kind: "conflict" },
    ]);
  });

  /** A request for a broker with a key that there is. */
  function remade(key: string, name: string): string {
    const [keyFile, file] = [join(folder, "any.key"), join(folder, "any.csr")];
    writeFileSync(keyFile, key, { mode: 0o600 });
    openssl([
      "req",
      "-new",
      "-key",
      keyFile,
      "-subj",
      `/CN=${name}`,
      "-addext",
      `subjectAltName = DNS:${name}`,
      "-out",
      file,
    ]);
    return readFileSync(file, "utf8");
  }
});

/** The first octets of a subject, which come after the version. */
function subjectOf(pem: string): string {
  const hex = Buffer.from(pemBlocks(pem)[0]?.data ?? []).toString("hex");
  return hex.slice(hex.indexOf("02010030") + 6).slice(0, 4);
}

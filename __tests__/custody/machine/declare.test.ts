import { declareAuthority, declareServer } from "../../../lib/custody/machine/declare";
import { CertificateAuthoritySpec } from "../../../lib/spec/certificate-authority-spec";
import { Duration } from "../../../lib/values/duration";
import { KeyAlgorithm } from "../../../lib/values/key-algorithm";
import { ServerCertificateSpec } from "../../../lib/spec/server-certificate-spec";
import { makeRequest } from "../../support/requests";

type AuthorityProps = Parameters<typeof CertificateAuthoritySpec.fromProps>[0];
type ServerProps = Parameters<typeof ServerCertificateSpec.fromProps>[0];

const AUTHORITY: AuthorityProps = {
  custody: "machine",
  subject: { commonName: "Test CA", organization: "Example Ltd" },
  permittedDomains: ["a.b", "c.d"],
  pathLength: 1,
};

const SERVER: ServerProps = {
  address: "a.b",
  alternativeAddresses: ["c.d", "192.0.2.1"],
  subject: { organization: "Example Ltd", country: "DE" },
  keyAlgorithm: KeyAlgorithm.ECDSA_P256,
  duration: Duration.days(100),
  renewBefore: Duration.days(10),
};

const authority = (change: object = {}) =>
  declareAuthority(CertificateAuthoritySpec.fromProps({ ...AUTHORITY, ...change }));
const server = (change: object = {}, generation = 1) =>
  declareServer(ServerCertificateSpec.fromProps({ ...SERVER, ...change }), generation);

// A changed hash re-issues the certificates of existing fleets, so only the tests that say so may change it.
describe("intent of a broker's certificate", () => {
  const CSR = [
    "-----BEGIN CERTIFICATE REQUEST-----",
    "MIGuMGICAQAwDjEMMAoGA1UEAwwDYS5iMCowBQYDK2VwAyEAglxPFaMd+pnh9XvR",
    "16K+4ie0i4lydedyDq2AKrJ4OkigITAfBgkqhkiG9w0BCQ4xEjAQMA4GA1UdEQQH",
    "MAWCA2EuYjAFBgMrZXADQQDO2bCB6T6gOFkV3MjmneqI+o/vTG1sR9soSDu69ETX",
    "/EPYvJyFQ7374SU87u+PaoTT1rrZz2BRm12DheiWJLkG",
    "-----END CERTIFICATE REQUEST-----",
    "",
  ].join("\n");
  const OF_REQUEST = {
    ...SERVER,
    alternativeAddresses: undefined,
    subject: undefined,
    keyAlgorithm: undefined,
    csrPem: CSR,
  };
  const requested = (change: object = {}) => server({ ...OF_REQUEST, ...change }).intent;

  it("The intent of a given broker never changes, because a change re-issues its certificate", () => {
    expect(server().intent).toBe("a1bd3a93f799e0bbcbb9476920c1bae052af868ae28a3986f2c2b063b8b3b1b3");
    expect(requested()).toBe("5b9c435608b50303a06ba0d14c7314d62aacbd010e10793a20f3fdeb2bb7e8a9");
  });

  it.each<[string, object]>([
    ["alternative address", { alternativeAddresses: ["c.d", "192.0.2.1", "e.f"] }],
    ["alternative address, an IP address", { alternativeAddresses: ["c.d", "192.0.2.2"] }],
    ["kind of name for the IP address", { ipAddressesAsDnsNames: true }],
    ["attribute of the subject", { subject: { ...SERVER.subject, locality: "Ulm" } }],
    ["value of an attribute", { subject: { ...SERVER.subject, organization: "Example ltd" } }],
    ["attribute for the same value", { subject: { organizationalUnit: "Example Ltd", country: "DE" } }],
    ["key algorithm", { keyAlgorithm: KeyAlgorithm.ECDSA_P384 }],
    ["key algorithm, which can encrypt", { keyAlgorithm: KeyAlgorithm.RSA_2048 }],
    ["duration, by an hour", { duration: Duration.hours(2401) }],
    ["address", { address: "x.b" }],
  ])("The intent of a broker changes with another %s", (_what, change) => {
    expect(server(change).intent).not.toBe(server().intent);
  });

  it.each<[string, object]>([
    ["the order of the alternative addresses", { alternativeAddresses: ["192.0.2.1", "c.d"] }],
    ["the spelling of the addresses", { address: "A.B.", alternativeAddresses: ["C.D.", "192.0.2.1"] }],
    ["the order of the subject's attributes", { subject: { country: "de", organization: "Example Ltd" } }],
    ["the unit of the duration", { duration: Duration.hours(2400) }],
    ["when it is renewed", { renewBefore: Duration.hours(1) }],
    ["the version of the key", { keyVersion: 2 }],
    ["the password of the key", { passwordVariable: "p", passwordVersion: 2, passwordIterations: 5000 }],
  ])("The intent of a broker does not change with %s", (_what, change) => {
    expect(server(change).intent).toBe(server().intent);
  });

  it("The intent of a broker does not change with the generation that signs", () => {
    expect(server({}, 2)).toEqual({ ...server(), generation: "2" });
  });

  it("The intent of a broker does not change if the declaration spells out defaults", () => {
    const spelledOut = {
      keyAlgorithm: KeyAlgorithm.RSA_2048,
      duration: Duration.days(825),
      subject: {},
      alternativeAddresses: [],
      ipAddressesAsDnsNames: false,
    };
    const plain = (props: object) => declareServer(ServerCertificateSpec.fromProps({ address: "a.b", ...props }), 1);

    expect(plain(spelledOut)).toEqual(plain({}));
  });

  it("The intent of a broker changes with another CSR, but not with another encoding of the same CSR", () => {
    const { pem } = makeRequest({ subject: { CN: "a.b" }, names: ["DNS:a.b"], newKey: ["-newkey", "ed25519"] });
    const other = CSR.replaceAll("\n", "\r\n")
      .replace("BEGIN CERT", "BEGIN NEW CERT")
      .replace("END CERT", "END NEW CERT");

    expect(requested({ csrPem: pem })).not.toBe(requested());
    expect(requested({ csrPem: undefined, keyAlgorithm: KeyAlgorithm.ED25519 })).not.toBe(requested());
    expect(requested({ csrPem: `for you:\r\n${other}` })).toBe(requested());
    expect(requested({ keyAlgorithm: KeyAlgorithm.ECDSA_P384 })).toBe(requested());
    expect(requested({ duration: Duration.days(99) })).not.toBe(requested());
  });
});

describe("intent of an authority's certificate", () => {
  it("The intent of a given authority never changes, because a change re-issues its certificate", () => {
    expect(authority().intent).toBe("98d83741f7ea11ed334e1a8228ded3793b9fd5f631e7d174ffd6505c8cfae920");
  });

  it.each<[string, object]>([
    ["subject", { subject: { commonName: "Another CA", organization: "Example Ltd" } }],
    ["e-mail address", { subject: { ...AUTHORITY.subject, emailAddress: "pki@example.com" } }],
    ["key algorithm", { keyAlgorithm: KeyAlgorithm.RSA_4096 }],
    ["duration, by an hour", { duration: Duration.hours(3650 * 24 + 1) }],
    ["permitted domain", { permittedDomains: ["a.b", "c.d", "e.f"] }],
    ["permitted domain, which is any", { permittedDomains: undefined }],
    ["path length", { pathLength: 0 }],
    ["path length, which is none", { pathLength: undefined }],
  ])("The intent of an authority changes with another %s", (_what, change) => {
    expect(authority(change).intent).not.toBe(authority().intent);
  });

  it.each<[string, object]>([
    ["the order and the spelling of the permitted domains", { permittedDomains: ["C.D.", "a.b", "c.d"] }],
    ["the order of the subject's attributes", { subject: { organization: "Example Ltd", commonName: "Test CA" } }],
    ["defaults that are spelled out", { keyAlgorithm: KeyAlgorithm.RSA_2048, duration: Duration.hours(3650 * 24) }],
    ["its password", { passwordVariable: "p", passwordVersion: 2, passwordIterations: 5000 }],
    ["whether it may be lost", { preventDestroy: false }],
  ])("The intent of an authority does not change with %s", (_what, change) => {
    expect(authority(change).intent).toBe(authority().intent);
  });
});

describe("declareServer", () => {
  it("declareServer returns the subject and the names, for reviewers and for the program", () => {
    expect(server({ address: "*.plant.example.com", subject: { organization: '株式会社例, "a"/b+c' } })).toMatchObject({
      subject: 'O=株式会社例, "a"/b+c, CN=*.plant.example.com',
      attributes: { organization: '株式会社例, "a"/b+c', commonName: "*.plant.example.com" },
      names: "DNS:*.plant.example.com, DNS:c.d, IP:192.0.2.1",
      dns_names: ["*.plant.example.com", "c.d"],
      ip_addresses: ["192.0.2.1"],
    });
  });

  it.each<[object, string, number]>([
    [{ duration: Duration.days(825) }, "825 days", 19_800],
    [{ duration: Duration.hours(48) }, "2 days", 48],
    [{ duration: Duration.hours(36), renewBefore: Duration.hours(1) }, "36 hours", 36],
  ])("declareServer returns the validity in words and in hours: %j", (change, validity, hours) => {
    expect(server({ renewBefore: Duration.hours(1), ...change })).toMatchObject({ validity, hours });
  });

  it("declareServer returns the key algorithm and the variable of the password, not the password", () => {
    expect(server()).toMatchObject({ key: "ECDSA-P256", key_version: "1", password: "", can_encipher: false });
    expect(server({ keyVersion: 12, passwordVariable: "p", passwordVersion: 2 })).toMatchObject({
      key_version: "12",
      password: "p/2/2048",
    });
    expect(server({ passwordVariable: "p", passwordIterations: 600_000 })).toMatchObject({ password: "p/1/600000" });
  });

  it("declareServer sets client_auth and changes the intent only if clientAuth is true", () => {
    expect(server({ clientAuth: true })).toMatchObject({ client_auth: true });
    expect(server({ clientAuth: false })).toEqual(server());
    expect(server()).not.toHaveProperty("client_auth");
    expect(server({ clientAuth: true }).intent).not.toBe(server().intent);
  });

  it("declareServer passes the CSR on, and derives from its key whether the key can encrypt", () => {
    for (const [newKey, canEncipher] of [
      ["ed25519", false],
      ["rsa:2048", true],
    ] as const) {
      const { pem } = makeRequest({ subject: { CN: "a.b" }, names: ["DNS:a.b"], newKey: ["-newkey", newKey] });
      const spec = ServerCertificateSpec.fromProps({ address: "a.b", csrPem: pem });

      expect(declareServer(spec, 1)).toMatchObject({
        key: "none",
        request: pem,
        password: "",
        can_encipher: canEncipher,
      });
    }
    expect(server()).not.toHaveProperty("request");
  });
});

describe("declareAuthority", () => {
  it("declareAuthority returns the content of the certificate, and the digest for signatures", () => {
    expect(authority({ keyAlgorithm: KeyAlgorithm.ECDSA_P384 })).toMatchObject({
      subject: "O=Example Ltd, CN=Test CA",
      attributes: { organization: "Example Ltd", commonName: "Test CA" },
      key: "ECDSA-P384",
      digest: "sha384",
      validity: "3650 days",
      hours: 87_600,
      permitted_domains: ["a.b", "c.d"],
      path_length: 1,
      password: "",
    });
    expect(authority()).toMatchObject({ digest: "sha256" });
    expect(authority({ passwordVariable: "ca", passwordVersion: 3 })).toMatchObject({ password: "ca/3/600000" });
  });

  it("declareAuthority omits permitted domains and the path length if none are declared", () => {
    const plain = authority({ permittedDomains: undefined, pathLength: undefined });

    expect(plain).not.toHaveProperty("permitted_domains");
    expect(plain).not.toHaveProperty("path_length");
  });
});

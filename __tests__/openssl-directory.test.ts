import { createHash, X509Certificate } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CloudBackend,
  NamedCloudWorkspace,
  NamedRemoteWorkspace,
  RemoteBackend,
  S3Backend,
  TerraformStack,
} from "cdktf";
import { Construct } from "constructs";
import {
  BrokerPki,
  type BrokerPkiProps,
  CertificateAuthority,
  Duration,
  KeyAlgorithm,
  PemDirectory,
  PemOutputs,
  ServerCertificate,
} from "../lib";
import { makeAuthority, type MadeAuthority, P384 } from "./support/authorities";
import { makeRequest } from "./support/requests";
import { type Block, inNewDirectory, reasons, refusal, synthesize, Synthesized } from "./support/synth";

const SUBJECT = { commonName: "Test CA" };

const IN_ITS_FILE_ALONE =
  'is in its file alone with custody "machine", and would be in the state as a resource or an output';

/** A fleet of custody "machine": one broker, a.b, where nothing else is said. */
function fleet(props: Partial<BrokerPkiProps> = {}): Synthesized {
  const declaration: BrokerPkiProps = { authority: { subject: SUBJECT }, brokers: [{ address: "a.b" }], ...props };
  const stacks = inNewDirectory(() =>
    synthesize((app) => new BrokerPki(app, "mqtt", { ...declaration, custody: "machine" })),
  );
  return stacks["mqtt"] ?? new Synthesized("");
}

/** A stack of the user's. */
function stackWith(declare: (stack: TerraformStack) => void): Synthesized {
  const stacks = inNewDirectory(() =>
    synthesize((app) => {
      declare(new TerraformStack(app, "own"));
    }),
  );
  return stacks["own"] ?? new Synthesized("");
}

function authorityIn(scope: Construct, id = "ca", directory = "pki"): CertificateAuthority {
  return new CertificateAuthority(scope, id, { subject: SUBJECT, custody: "machine", directory });
}

interface LocalExec {
  readonly command: string;
  /** A broker's is an expression: its place in what is said of all of them. */
  readonly environment: Readonly<Record<string, string>> | string;
}

function provisionersOf(block: Block | undefined): LocalExec[] {
  return ((block?.["provisioner"] ?? []) as { "local-exec": LocalExec }[]).map((each) => each["local-exec"]);
}

/** Every command that the engine would run, by the resource that has it. */
function commands(stack: Synthesized): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(stack.resources).map(([address, block]) => [
      address,
      provisionersOf(block).map(({ command }) => command),
    ]),
  );
}

/** What the script is told of an authority. */
function ordersOfAuthority(stack: Synthesized): Readonly<Record<string, string>> {
  const [{ environment } = { environment: "" }] = provisionersOf(stack.resources["terraform_data.authority"]);
  return typeof environment === "string" ? {} : environment;
}

/** What the script is told of every broker: the expression that each has its part of. */
function ordersOfBrokers({ json }: Synthesized): string {
  return `${String(json.locals?.["authority_orders"])} ${String(json.locals?.["authority_signing"])}`;
}

interface DeclaredServer {
  readonly subject: string;
  readonly key: string;
  readonly extensions: string;
  readonly intent: string;
  readonly password?: string;
  readonly key_version?: string;
  readonly csr?: string;
}

/** What is declared of all brokers, by their folders: the file beside the stack's text. */
function tableOf({ assets }: Synthesized): Record<string, DeclaredServer> {
  const [path = "no brokers.json"] = Object.keys(assets).filter((each) => each.endsWith("/brokers.json"));
  return JSON.parse(assets[path] ?? path) as Record<string, DeclaredServer>;
}

describe("what is run", () => {
  it("is the same command for every broker", () => {
    const brokers = ["a.b", "*.plant.example.com", "2001:db8::1", "192.0.2.10"].map((address) => ({ address }));
    const ofBrokers = Object.entries(commands(fleet({ brokers }))).filter(([address]) => address.includes(".broker_"));

    expect(ofBrokers).toHaveLength(4);
    expect(new Set(ofBrokers.map(([, ofOne]) => ofOne.join("\n"))).size).toBe(1);
    expect(ofBrokers[0]?.[1]).toEqual([expect.stringMatching(/^sh assets\/[\w/]+\/openssl\.sh server$/)]);
  });

  it.each([
    ['Smith, Jones & Co. = "S"', 'Smith, Jones & Co. = "S"'],
    ["$(touch owned)", "$(touch owned)"],
    ["`touch owned`", "`touch owned`"],
    ["'; touch owned; '", "'; touch owned; '"],
    ["$HOME %HOME% 100%$", "$HOME %HOME% 100%$"],
    ["$ENV::PATH # $ {0}", "$ENV::PATH # $ {0}"],
    ["-subj", "-subj"],
    ["株式会社例", "株式会社例"],
    ["a/CN=b", "a\\/CN=b"],
    ["a+OU=b", "a\\+OU=b"],
    ["a\\nb\\", "a\\\\nb\\\\"],
  ])("is told of the subject %j as openssl takes it, and never in a command", (organization, taken) => {
    const plain = fleet();
    const subject = { organization };
    const awkward = fleet({ authority: { subject }, subject });

    expect(commands(awkward)).toEqual(commands(plain));
    expect(ordersOfAuthority(awkward)["SUBJECT"]).toBe(`/O=${taken}`);
    expect(tableOf(awkward)["brokers/a.b"]?.subject).toBe(`/O=${taken}/CN=a.b`);
  });

  it.each(["${path.cwd}", "%{ if true }x%{ endif }"])("is not told of the subject %j, which is refused", (text) => {
    const subject = { organization: text };

    expect(() => fleet({ authority: { subject } })).toThrow("holds a Terraform expression");
    expect(() => fleet({ subject })).toThrow("holds a Terraform expression");
  });

  it.each(["$(touch owned)", "`touch owned`", "a; touch owned", "it's & that", "-rf"])(
    "is told of the directory %j as it is, and never in a command",
    (directory) => {
      const elsewhere = fleet({ directory });

      expect(commands(elsewhere)).toEqual(commands(fleet()));
      expect(ordersOfAuthority(elsewhere)["DIRECTORY"]).toBe(`../../../${directory}`);
    },
  );

  it("has a plain name, whatever the constructs are called", () => {
    const stack = stackWith((own) => authorityIn(new Construct(own, "a; $(touch owned)"), "`b` 'c'"));
    const run = Object.values(commands(stack)).flat();

    expect(run).toHaveLength(3);
    for (const command of run) {
      expect(command).toMatch(/^sh [\w/.-]+ (authority|remove)$/);
    }
  });
});

/** The hashes of what the brokers' certificates are to say, by their folders. */
function intents(props: Partial<BrokerPkiProps> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(tableOf(fleet(props))).map(([folder, { intent }]) => [folder, intent]));
}

function intentOfAuthority(authority: BrokerPkiProps["authority"]): string | undefined {
  return ordersOfAuthority(fleet({ authority }))["INTENT"];
}

// A change of a hash, other than where it says so, issues certificates of fleets that exist anew.
describe("the hash of what a broker's certificate is to say", () => {
  const broker = {
    address: "a.b",
    alternativeAddresses: ["c.d", "192.0.2.1"],
    subject: { organization: "Example Ltd", country: "DE" },
    keyAlgorithm: KeyAlgorithm.ECDSA_P256,
    duration: Duration.days(100),
    renewBefore: Duration.days(10),
  };
  const intentOf = (change: object) => intents({ brokers: [{ ...broker, ...change }] })["brokers/a.b"];

  it("is one for each broker, by its folder", () => {
    const hashes = intents({ brokers: ["a.b", "*.plant.example.com", "2001:db8::1"].map((address) => ({ address })) });

    expect(Object.keys(hashes)).toEqual(["brokers/2001-db8--1", "brokers/_wildcard.plant.example.com", "brokers/a.b"]);
    expect(new Set(Object.values(hashes)).size).toBe(3);
    for (const hash of Object.values(hashes)) {
      expect(hash).toMatch(/^[0-9a-f]{64}$/);
    }
  });

  it("is this, for ever", () => {
    expect(intentOf({})).toBe("1bec4530a2ef93ec1afe41584b8a295897ab2bc12b487837ce2b0ff9dbec561d");
  });

  it.each<[string, object]>([
    ["alternative address", { alternativeAddresses: ["c.d", "192.0.2.1", "e.f"] }],
    ["alternative address, an IP address", { alternativeAddresses: ["c.d", "192.0.2.2"] }],
    ["attribute of the subject", { subject: { ...broker.subject, locality: "Ulm" } }],
    ["value of an attribute", { subject: { ...broker.subject, organization: "Example ltd" } }],
    ["attribute for the same value", { subject: { organizationalUnit: "Example Ltd", country: "DE" } }],
    ["key algorithm", { keyAlgorithm: KeyAlgorithm.ECDSA_P384 }],
    ["duration", { duration: Duration.days(101) }],
  ])("changes with another %s", (_what, change) => {
    expect(intentOf(change)).not.toBe(intentOf({}));
  });

  it.each<[string, object]>([
    ["the order of the alternative addresses", { alternativeAddresses: ["192.0.2.1", "c.d"] }],
    ["the spelling of the addresses", { address: "A.B.", alternativeAddresses: ["C.D.", "192.0.2.1"] }],
    ["the order of the subject's attributes", { subject: { country: "de", organization: "Example Ltd" } }],
    ["the unit of the duration", { duration: Duration.hours(2400) }],
    ["when it is renewed", { renewBefore: Duration.hours(1) }],
  ])("does not change with %s", (_what, change) => {
    expect(intentOf(change)).toBe(intentOf({}));
  });

  it("does not change where defaults are spelled out", () => {
    const spelledOut = {
      keyAlgorithm: KeyAlgorithm.RSA_2048,
      duration: Duration.days(825),
      subject: {},
      alternativeAddresses: [],
    };

    expect(intents({ brokers: [{ address: "a.b", ...spelledOut }] })).toEqual(intents());
  });

  it("does not depend on whether the fleet or the broker says it", () => {
    const { address, ...ofAll } = broker;
    const hashes = intents({
      ...ofAll,
      subject: { organization: "Example Ltd" },
      alternativeAddresses: ["192.0.2.1"],
      brokers: [{ address, subject: { country: "DE" }, alternativeAddresses: ["c.d"] }],
    });

    expect(hashes["brokers/a.b"]).toBe(intentOf({}));
  });

  it("does not depend on other brokers, on the directory or on the authority, whose certificate is a reason of its own", () => {
    const alone = intents();

    expect(intents({ brokers: [{ address: "x.y" }, { address: "a.b" }] })).toMatchObject(alone);
    expect(intents({ directory: "elsewhere" })).toEqual(alone);
    expect(
      intents({
        authority: {
          subject: { commonName: "Another CA" },
          keyAlgorithm: KeyAlgorithm.ECDSA_P384,
          duration: Duration.days(5000),
          permittedDomains: ["a.b"],
          pathLength: 0,
        },
      }),
    ).toEqual(alone);
  });
});

describe("the hash of what an authority's certificate is to say", () => {
  const authority = {
    subject: { commonName: "Test CA", organization: "Example Ltd" },
    permittedDomains: ["a.b", "c.d"],
    pathLength: 1,
  };

  it("is this, for ever", () => {
    expect(intentOfAuthority(authority)).toBe("d260952b2ababdd111eb6188f0340cc896b4033db3a033aeb5489107619ac449");
  });

  it.each<[string, object]>([
    ["subject", { subject: { commonName: "Another CA", organization: "Example Ltd" } }],
    ["key algorithm", { keyAlgorithm: KeyAlgorithm.RSA_4096 }],
    ["duration", { duration: Duration.days(3651) }],
    ["permitted domain", { permittedDomains: ["a.b", "c.d", "e.f"] }],
    ["path length", { pathLength: 0 }],
    ["path length, which is none", { pathLength: undefined }],
  ])("changes with another %s", (_what, change) => {
    expect(intentOfAuthority({ ...authority, ...change })).not.toBe(intentOfAuthority(authority));
  });

  it.each<[string, object]>([
    ["the order and the spelling of the permitted domains", { permittedDomains: ["C.D.", "a.b", "c.d"] }],
    ["the order of the subject's attributes", { subject: { organization: "Example Ltd", commonName: "Test CA" } }],
    ["defaults that are spelled out", { keyAlgorithm: KeyAlgorithm.RSA_2048, duration: Duration.hours(3650 * 24) }],
  ])("does not change with %s", (_what, change) => {
    expect(intentOfAuthority({ ...authority, ...change })).toBe(intentOfAuthority(authority));
  });
});

describe("the e-mail address of an authority", () => {
  const orders = (subject: object) => ordersOfAuthority(fleet({ authority: { subject: { ...SUBJECT, ...subject } } }));

  it.each(["pki@example.com", 'a,DNS:b"c;d@example.com'])(
    "is a subject alternative name too, which openssl copies from the subject: %s",
    (emailAddress) => {
      expect(orders({ emailAddress })["EXTENSIONS"]).toBe(`${orders({})["EXTENSIONS"]}\nsubjectAltName = email:copy`);
    },
  );

  it("is in the hash as in the times of authorities without that name, which so stay who they are", () => {
    expect(orders({ emailAddress: "pki@example.com" })["INTENT"]).toBe(
      "076d2e582b1b5aaa0c95de6e7ae5c8a8c1fcd7b880f753b798a852b38d81990e",
    );
  });
});

describe("a password", () => {
  const broker = { address: "a.b", passwordVariable: "broker_password" };

  it("is told to the script by the name of its variable and its version", () => {
    const table = (own: object) => tableOf(fleet({ brokers: [{ ...broker, ...own }] }))["brokers/a.b"]?.password;

    expect(table({})).toBe("broker_password/1");
    expect(table({ passwordVersion: 2 })).toBe("broker_password/2");
    expect(table({ passwordVariable: "other" })).toBe("other/1");
    expect(tableOf(fleet())["brokers/a.b"]).not.toHaveProperty("password");
  });

  it("of the authority is told to who makes it, and to who signs with it", () => {
    const stack = fleet({ authority: { subject: SUBJECT, passwordVariable: "ca_password", passwordVersion: 3 } });

    expect(ordersOfAuthority(stack)).toMatchObject({ PASSWORD: "ca_password/3" });
    expect(ordersOfBrokers(stack)).toContain('CA_PASSWORD = "ca_password/3"');
    expect(stack.resources["terraform_data.authority"]).toMatchObject({
      triggers_replace: { password: "ca_password/3" },
    });
    expect(ordersOfAuthority(fleet())).not.toHaveProperty("PASSWORD");
    expect(ordersOfBrokers(fleet())).not.toContain("CA_PASSWORD");
  });

  it("is in nothing that is run", () => {
    const authority = { subject: SUBJECT, passwordVariable: "ca_password" };

    expect(commands(fleet({ authority, brokers: [broker] }))).toEqual(commands(fleet()));
  });

  it("changes nothing that a certificate is to say, a broker's or the authority's", () => {
    const authority = { subject: SUBJECT, passwordVariable: "ca_password", passwordVersion: 2 };

    expect(intents({ authority, brokers: [{ ...broker, passwordVersion: 2 }] })).toEqual(intents());
    expect(intentOfAuthority(authority)).toBe(intentOfAuthority({ subject: SUBJECT }));
  });
});

describe("a version of a key", () => {
  const broker = { address: "a.b" };

  it("is in the table as text from the second on, and nothing else of the broker is another", () => {
    const first = tableOf(fleet())["brokers/a.b"];

    expect(first).not.toHaveProperty("key_version");
    expect(tableOf(fleet({ brokers: [{ ...broker, keyVersion: 12 }] }))["brokers/a.b"]).toEqual({
      ...first,
      key_version: "12",
    });
    expect(tableOf(fleet({ keyVersion: 12 }))).toEqual(tableOf(fleet({ brokers: [{ ...broker, keyVersion: 12 }] })));
  });

  it("changes nothing but the table: a plan tells by the record beside the certificate", () => {
    const [one, other] = [fleet(), fleet({ keyVersion: 2 })];

    expect(other.text).toBe(one.text);
    expect(one.json.locals?.["authority_plans"]).toContain(
      'r.key_version != try(server.key_version, "") ? "${plantimestamp()} new key and certificate: another version of the key is declared"',
    );
    expect(ordersOfBrokers(one)).toContain('KEY_VERSION = try(server.key_version, "")');
  });

  it("is the first where it is not declared, to the letter", () => {
    expect(fleet({ keyVersion: 1, brokers: [broker] })).toEqual(fleet());
    expect(fleet({ brokers: [{ ...broker, keyVersion: 1 }] })).toEqual(fleet());
  });
});

describe("an authority that is not to be lost", () => {
  /** What is refused of a generation, in the words of the error. */
  const refusals = (stack: Synthesized, name: string) => {
    const { precondition = [] } = (stack.resources[`terraform_data.${name}`]?.["lifecycle"] ?? {}) as {
      precondition?: { condition: string; error_message: string }[];
    };
    return precondition.filter(({ error_message }) => error_message.includes("would be replaced"));
  };

  it("is compared with its record: its key, what its certificate says, and whether that is over", () => {
    const stack = fleet();
    const [refusal, ...others] = refusals(stack, "authority");

    expect(others).toEqual([]);
    expect(refusal).toEqual({
      condition: `\${[for r in [local.authority_record] : r.state == "none" ? true : r.key == "RSA-2048" && r.intent == "${intentOfAuthority({ subject: SUBJECT })}" && timecmp(plantimestamp(), r.not_after) < 0][0]}`,
      error_message:
        "pki/ca.pem would be replaced, and clients know no other: it is over, or says another thing than what is declared. Declare the authority as it was, and beside it another generation that takes its place in time; or, to replace it at once, declare it with preventDestroy: false.",
    });
  });

  it("may be replaced where it says so, each generation by itself", () => {
    const second = { generation: 2, subject: { commonName: "Second CA" } };
    const stack = fleet({ authority: [{ subject: SUBJECT, preventDestroy: false }, second], signingGeneration: 1 });

    expect(refusals(stack, "authority")).toEqual([]);
    expect(refusals(stack, "authority_2")).toMatchObject([
      { error_message: expect.stringMatching(/^pki\/authorities\/2\/ca\.pem would be replaced/) as string },
    ]);
  });

  it("says nothing of that to who makes it", () => {
    expect(ordersOfAuthority(fleet({ authority: { subject: SUBJECT, preventDestroy: false } }))).toEqual(
      ordersOfAuthority(fleet()),
    );
  });
});

describe("a request", () => {
  const CSR = [
    "-----BEGIN CERTIFICATE REQUEST-----",
    "MIGuMGICAQAwDjEMMAoGA1UEAwwDYS5iMCowBQYDK2VwAyEAglxPFaMd+pnh9XvR",
    "16K+4ie0i4lydedyDq2AKrJ4OkigITAfBgkqhkiG9w0BCQ4xEjAQMA4GA1UdEQQH",
    "MAWCA2EuYjAFBgMrZXADQQDO2bCB6T6gOFkV3MjmneqI+o/vTG1sR9soSDu69ETX",
    "/EPYvJyFQ7374SU87u+PaoTT1rrZz2BRm12DheiWJLkG",
    "-----END CERTIFICATE REQUEST-----",
    "",
  ].join("\n");
  const declare = (props: object = {}) => fleet({ brokers: [{ address: "a.b", csrPem: CSR, ...props }] });
  const hashOf = (props: object = {}) => tableOf(declare(props))["brokers/a.b"]?.intent;

  it("is in the table, where a key has its algorithm", () => {
    expect(tableOf(declare())["brokers/a.b"]).toMatchObject({ key: "none", csr: CSR, subject: "/CN=a.b" });
    expect(tableOf(fleet())["brokers/a.b"]).toMatchObject({ key: "RSA-2048" });
    expect(tableOf(fleet())["brokers/a.b"]).not.toHaveProperty("csr");
  });

  it("has the key usages of its own key", () => {
    const { pem } = makeRequest({ subject: { CN: "a.b" }, names: ["DNS:a.b"], newKey: ["-newkey", "rsa:2048"] });
    const usages = (stack: Synthesized) => tableOf(stack)["brokers/a.b"]?.extensions.split("\n")[0];

    expect(usages(declare())).toBe("keyUsage = critical, digitalSignature");
    expect(usages(declare({ csrPem: pem }))).toBe("keyUsage = critical, digitalSignature, keyEncipherment");
  });

  it("makes the hash of what a certificate is to say this, for ever", () => {
    expect(hashOf()).toBe("49b29bec941712b6d2fd7b3f63bba8cd77e2d44c3b04af1d40d7cd23648c46e8");
  });

  it("changes that hash where it is another, and not where it is written in another way", () => {
    const { pem } = makeRequest({ subject: { CN: "a.b" }, names: ["DNS:a.b"], newKey: ["-newkey", "ed25519"] });

    expect(hashOf({ csrPem: pem })).not.toBe(hashOf());
    expect(hashOf({ csrPem: undefined, keyAlgorithm: KeyAlgorithm.ED25519 })).not.toBe(hashOf());
    expect(
      hashOf({
        csrPem: `for you:\r\n${CSR.replaceAll("\n", "\r\n").replace("BEGIN CERT", "BEGIN NEW CERT").replace("END CERT", "END NEW CERT")}`,
      }),
    ).toBe(hashOf());
    expect(hashOf({ keyAlgorithm: KeyAlgorithm.ECDSA_P384 })).toBe(hashOf());
    expect(hashOf({ duration: Duration.days(800) })).not.toBe(hashOf());
  });
});

describe("an authority that was made elsewhere", () => {
  let folder: string;
  let root: MadeAuthority;
  let signer: MadeAuthority;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "authorities-"));
    root = makeAuthority(folder, "root");
    signer = makeAuthority(folder, "signer", { issuer: root, days: 1000, key: P384 });
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const ofRoot = () => ({ certificatePem: root.certificatePem, keyFile: root.keyFile });
  const ofSigner = () => ({
    certificatePem: `${signer.certificatePem}${root.certificatePem}`,
    keyFile: signer.keyFile,
  });
  const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

  it("has the script put the root into its place, and make no key", () => {
    const orders = ordersOfAuthority(fleet({ authority: ofSigner() }));

    expect(orders).toMatchObject({
      KEY: "none",
      INTENT: expect.stringMatching(`^[\\da-f]{64}/${sha256(root.certificatePem)}$`) as string,
      TRUST_ANCHOR: expect.stringMatching(/\/trust-anchor\.pem$/) as string,
    });
    for (const name of ["SUBJECT", "EXTENSIONS", "DAYS", "PASSWORD"]) {
      expect(orders).not.toHaveProperty(name);
    }
  });

  it("has the script sign with its certificate and key, where they are", () => {
    const [own, other] = [
      ordersOfBrokers(fleet({ authority: ofSigner() })),
      ordersOfBrokers(fleet({ authority: ofRoot() })),
    ];

    expect(own).toMatch(/CA_CERTIFICATE = "assets\/\w+\/certificate\.pem"/);
    expect(own).toMatch(/CA_CHAIN = "assets\/\w+\/chain\.pem"/);
    expect(own).toContain(`CA_KEY = "${signer.keyFile}"`);
    expect(own).toContain('DIGEST = "-sha384"');
    expect(other).not.toContain("CA_CHAIN");
    expect(other).toContain('DIGEST = "-sha256"');
  });

  it("has the script find its key or its password in the environment", () => {
    const authority = { certificatePem: root.certificatePem, keyVariable: "authority_key" };
    const orders = ordersOfBrokers(fleet({ authority }));

    expect(orders).toContain('CA_KEY_VARIABLE = "authority_key"');
    expect(orders).not.toContain("CA_KEY =");
    expect(
      ordersOfBrokers(fleet({ authority: { ...ofRoot(), keyFile: "elsewhere/ca.key", passwordVariable: "p" } })),
    ).toContain('CA_PASSWORD = "p/1"');
  });

  it("shows in a plan what signs, and until when", () => {
    const { resources } = fleet({ authority: ofSigner() });

    expect(resources["terraform_data.authority"]).toMatchObject({
      triggers_replace: {
        key: signer.keyFile,
        certificate: sha256(`${signer.certificatePem}${signer.certificatePem}`),
        not_after: new Date(new X509Certificate(signer.certificatePem).validTo).toISOString().replace(".000Z", "Z"),
      },
    });
  });

  it("leaves what a broker's certificate is to say as it is", () => {
    expect(intents({ authority: ofSigner() })).toEqual(intents());
  });

  it("must have its key here when a plan is made, but for one in a variable", () => {
    const { keyFile } = root;
    const { text } = fleet({ authority: ofRoot() });

    expect(text).toContain(`fileexists(\\"${keyFile}`);
    expect(text).toContain(`${keyFile} is not on this machine`);
    expect(text).not.toContain("ca.key is not on this machine");
    expect(fleet().text).toContain("pki/ca.key is not on this machine");
    expect(fleet({ authority: { certificatePem: root.certificatePem, keyVariable: "k" } }).text).not.toContain(
      "is not on this machine",
    );
  });

  it("has no ca.key to guard, and a ca.pem of another not written over", () => {
    const preconditions = (authority: BrokerPkiProps["authority"]) =>
      JSON.stringify(fleet({ authority }).resources["terraform_data.authority"]?.["lifecycle"]);

    expect(preconditions(ofRoot())).not.toContain("ca.key");
    expect(preconditions(ofRoot())).toContain("pki/ca.pem is there, and is not the root of the authority");
    expect(preconditions({ subject: SUBJECT })).toContain("pki/ca.key is not the key that its record");
  });
});

describe("a private key", () => {
  it.each<[string, (authority: CertificateAuthority, server: ServerCertificate, stack: TerraformStack) => unknown]>([
    ["of an authority is no token", (authority) => authority.privateKeyPem],
    ["of a broker is no token", (_, server) => server.privateKeyPem],
    [
      "of an authority does not go to a PemDirectory",
      (authority, _, stack) => {
        new PemDirectory(stack, "files", { path: "copy" }).addAuthority(authority);
      },
    ],
    [
      "of a broker does not go to a PemDirectory",
      (_, server, stack) => {
        new PemDirectory(stack, "files", { path: "copy" }).addServer(server);
      },
    ],
    [
      "of an authority is no output",
      (authority, _, stack) => new PemOutputs(stack, "outputs", { authority, servers: [] }),
    ],
    [
      "of a broker is no output",
      (authority, server, stack) =>
        new PemOutputs(stack, "outputs", { authority, servers: [server], authorityKey: false }),
    ],
  ])("%s", (_what, use) => {
    const error = inNewDirectory(() =>
      refusal((app) => {
        const stack = new TerraformStack(app, "own");
        const authority = authorityIn(stack);
        use(authority, new ServerCertificate(stack, "server", { authority, address: "a.b" }), stack);
      }),
    );

    expect(error.problems).toMatchObject([
      { reason: IN_ITS_FILE_ALONE, fix: 'use the file, or choose custody "state"' },
    ]);
    expect(error.message).toMatch(/"pki\/(ca|brokers\/a\.b\/server)\.key"/);
  });

  it("stays where it is where certificates go to a PemDirectory and to outputs", () => {
    const { resources, json } = stackWith((stack) => {
      const authority = authorityIn(stack);
      new PemDirectory(stack, "files", { path: "copy" }).addAuthority(authority, { key: false });
      new PemOutputs(stack, "outputs", { authority, servers: [], authorityKey: false });
    });

    expect(Object.keys(resources).filter((address) => address.startsWith("local_"))).toHaveLength(1);
    expect(JSON.stringify(json.output?.["ca_pem"])).toContain("/ca.pem");
  });
});

describe("a certificate", () => {
  it("does not go to a PemDirectory or an output of another stack", () => {
    const copies: ((authority: CertificateAuthority, stack: TerraformStack) => unknown)[] = [
      (authority, stack) => {
        new PemDirectory(stack, "files", { path: "copy" }).addAuthority(authority, { key: false });
      },
      (authority, stack) => new PemOutputs(stack, "outputs", { authority, servers: [], authorityKey: false }),
    ];

    for (const copy of copies) {
      const error = inNewDirectory(() =>
        refusal((app) => copy(authorityIn(new TerraformStack(app, "own")), new TerraformStack(app, "other"))),
      );
      expect(error.message).toContain('"pki/ca.pem" is made by another stack; use it in the stack of its authority');
    }
  });
});

describe("the backend", () => {
  const remote = { hostname: "app.terraform.io", organization: "example" };
  const below = (stack: TerraformStack) => new Construct(stack, "backends");

  it.each<[string, (stack: TerraformStack) => unknown]>([
    ["remote", (stack) => new RemoteBackend(stack, { ...remote, workspaces: new NamedRemoteWorkspace("mqtt") })],
    ["cloud", (stack) => new CloudBackend(stack, { ...remote, workspaces: new NamedCloudWorkspace("mqtt") })],
    [
      "remote, somewhere below",
      (stack) => new RemoteBackend(below(stack), { ...remote, workspaces: new NamedRemoteWorkspace("mqtt") }),
    ],
    [
      "cloud, somewhere below",
      (stack) => new CloudBackend(below(stack), { ...remote, workspaces: new NamedCloudWorkspace("mqtt") }),
    ],
  ])("is not %s, which applies on machines that are thrown away", (_what, addBackend) => {
    const withBackend = () =>
      stackWith((stack) => {
        authorityIn(stack);
        addBackend(stack);
      });

    expect(withBackend).toThrow(
      'custody "machine" keeps private keys on the machine that applies, and this backend applies on machines that are thrown away',
    );
  });

  it("may be one that holds the state alone", () => {
    const { json } = stackWith((stack) => {
      authorityIn(stack);
      new S3Backend(stack, { bucket: "states", key: "mqtt", region: "eu-west-1" });
    });

    expect(json.terraform.backend).toMatchObject({ s3: { bucket: "states" } });
  });
});

describe("its files", () => {
  it("are refused where something stands in their way", () => {
    inNewDirectory(() => {
      mkdirSync("pki/ca.pem", { recursive: true });
      writeFileSync("pki/ca.key", "");
      chmodSync("pki/ca.key", 0o640);
      mkdirSync("pki/brokers/a.b/server.key", { recursive: true });

      expect(reasons(refusal((app) => authorityIn(new TerraformStack(app, "own"))))).toEqual([
        ": is there and is not a file",
        ": is there with mode 0640, which a deployment would keep",
      ]);
      const ofServer = refusal((app) => {
        const stack = new TerraformStack(app, "own");
        const authority = authorityIn(stack, "ca", "elsewhere");
        mkdirSync("elsewhere/brokers", { recursive: true });
        writeFileSync("elsewhere/brokers/c.d", "");
        new ServerCertificate(stack, "server", { authority, address: "c.d" });
      });
      expect(ofServer.message).toContain('"elsewhere/brokers/c.d" is a file');
    });
  });
});

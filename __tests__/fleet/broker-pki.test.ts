import { generateKeyPairSync } from "node:crypto";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, Aspects, Fn, S3Backend, TerraformOutput, TerraformResource, TerraformStack, Token } from "cdktf";
import { Construct } from "constructs";
import {
  BrokerPki,
  type BrokerPkiProps,
  CertificateAuthority,
  type Custody,
  CUSTODY_CONTEXT,
  Duration,
  KeyAlgorithm,
  ServerCertificate,
} from "../../lib";
import { type AuthorityOptions, makeAuthority, type MadeAuthority, openssl } from "../support/authorities";
import { problemsOf } from "../support/problems";
import { makeRequest } from "../support/requests";
import { inNewDirectory, reasons, refusal, synthesize, type Synthesized, textsIn } from "../support/synth";

const AUTHORITY = { subject: { commonName: "Test CA" } };

/** The addresses of a fleet of custody "machine", whatever brokers it has. */
const OF_MACHINE = [
  "terraform_data.authority",
  "terraform_data.brokers",
  "terraform_data.files",
  "terraform_data.owner",
];

/** Why no token is taken. */
const TOKEN =
  "is a token, whose value is known only at apply: it cannot be checked at synth, nor used in names of resources and files";

const AWKWARD = [
  "a.b",
  "ab",
  "a-b",
  "1a",
  "192.0.2.10",
  "2001:db8::10",
  "ipv6",
  "*.plant.example.com",
  "wildcard.plant.example.com",
  "bücher.example",
];

function fleet(props: Partial<BrokerPkiProps> & Pick<BrokerPkiProps, "brokers">): Synthesized {
  return inNewDirectory(() => declared(props));
}

function declared(props: Partial<BrokerPkiProps> & Pick<BrokerPkiProps, "brokers">): Synthesized {
  const stack = synthesize((app) => new BrokerPki(app, "mqtt", { authority: AUTHORITY, ...props }))["mqtt"];
  if (stack === undefined) {
    throw new Error("no stack mqtt");
  }
  return stack;
}

function brokers(...addresses: string[]): { address: string }[] {
  return addresses.map((address) => ({ address }));
}

function refused(props: Partial<BrokerPkiProps>): string[] {
  return inNewDirectory(() => reasons(refusal((app) => create(app, props))));
}

/** What a fleet is refused for: nothing where it is taken. */
function refusedOrNot(props: Partial<BrokerPkiProps>): string[] {
  return inNewDirectory(() => problemsOf(() => create(new App(), props))).map(
    ({ path, reason }) => `${path}: ${reason}`,
  );
}

/** A file with the authority's key, under a password. */
function protectedKey({ keyFile }: MadeAuthority): string {
  const file = `${keyFile}.protected`;
  openssl(["pkey", "-in", keyFile, "-aes256", "-passout", "pass:a password", "-out", file]);
  chmodSync(file, 0o600);
  return file;
}

function create(app: Construct, props: Partial<BrokerPkiProps>, id = "mqtt"): BrokerPki {
  return new BrokerPki(app, id, { authority: AUTHORITY, brokers: brokers("a.b"), ...props });
}

describe("the resource addresses", () => {
  // These are a contract: a change of one re-creates keys and certificates of fleets that exist.
  it("are these, for ever", () => {
    expect(Object.keys(fleet({ brokers: brokers("mqtt-1.example.com") }).resources).sort()).toEqual([
      "local_file.authority",
      "local_file.broker_mqtt-1_example_com",
      "local_sensitive_file.authority",
      "local_sensitive_file.broker_mqtt-1_example_com",
      "terraform_data.authority_since",
      "terraform_data.files",
      "terraform_data.fleet_since",
      "tls_cert_request.broker_mqtt-1_example_com",
      "tls_locally_signed_cert.broker_mqtt-1_example_com",
      "tls_private_key.authority",
      "tls_private_key.broker_mqtt-1_example_com",
      "tls_self_signed_cert.authority",
    ]);
  });

  it('are these with custody "machine", for ever', () => {
    const declaration = { custody: "machine", brokers: brokers("mqtt-1.example.com", "*.example.com") } as const;

    expect(Object.keys(fleet(declaration).resources).sort()).toEqual(OF_MACHINE);
  });

  it("are these for awkward addresses, no two the same", () => {
    const addresses = Object.keys(fleet({ brokers: brokers(...AWKWARD) }).resources);

    expect(addresses.filter((address) => address.startsWith("local_sensitive_file.broker")).sort()).toEqual([
      "local_sensitive_file.broker_192_0_2_10",
      "local_sensitive_file.broker_1a",
      "local_sensitive_file.broker_a-b",
      "local_sensitive_file.broker_a_b",
      "local_sensitive_file.broker_ab",
      "local_sensitive_file.broker_ipv6",
      "local_sensitive_file.broker_ipv6__2001-db8--10",
      "local_sensitive_file.broker_wildcard__plant_example_com",
      "local_sensitive_file.broker_wildcard_plant_example_com",
      "local_sensitive_file.broker_xn--bcher-kva_example",
    ]);
  });

  it("of further versions of keys are these, no two the same, whatever other addresses there are", () => {
    const renewed = ["a.b", "2001:db8::10", "ipv6", "*.plant.example.com", "wildcard"];
    const others = ["a.b.key", "key", "*.key.b", "a.b.key-2", "wildcard.key-2"];
    const stack = fleet({
      brokers: [...renewed.map((address) => ({ address, keyVersion: 2 })), ...brokers(...others)],
    });
    const keys = Object.keys(stack.resources).filter((address) => address.startsWith("tls_private_key.broker"));

    expect(keys).toHaveLength(renewed.length + others.length);
    expect(keys.filter((address) => /__key_\d+$/.test(address)).sort()).toEqual([
      "tls_private_key.broker_a_b__key_2",
      "tls_private_key.broker_ipv6__2001-db8--10__key_2",
      "tls_private_key.broker_ipv6__key_2",
      "tls_private_key.broker_wildcard__key_2",
      "tls_private_key.broker_wildcard__plant_example_com__key_2",
    ]);
    // Of all addresses, this one would have the name of another's key.
    expect(refused({ brokers: brokers("*.key.2") })).toEqual([
      "brokers[0].address: ends like an IPv4 address but is not one",
    ]);
  });
});

describe("a version of a broker's key", () => {
  const versions = (...keyVersions: (number | undefined)[]): Synthesized =>
    fleet({
      brokers: keyVersions.map((keyVersion, index) => ({
        address: `b${index}.c`,
        ...(keyVersion !== undefined && { keyVersion }),
      })),
    });

  it("is a resource of its own from the second on, and changes no other resource's address", () => {
    const [first, later] = [versions(1, 1, 1), versions(1, 2, 12)].map(({ resources }) => Object.keys(resources));

    expect(later?.filter((name) => !first?.includes(name))).toEqual([
      "tls_private_key.broker_b1_c__key_2",
      "tls_private_key.broker_b2_c__key_12",
    ]);
    expect(first?.filter((name) => !later?.includes(name))).toEqual([
      "tls_private_key.broker_b1_c",
      "tls_private_key.broker_b2_c",
    ]);
  });

  it("is the first where it is not declared, to the letter", () => {
    expect(versions(1, undefined).text).toBe(versions(undefined, undefined).text);
  });

  it.each([0, 1.5, "2", null])("cannot be %p", (keyVersion) => {
    const broker = { address: "a.b", keyVersion: keyVersion as number };

    expect(refused({ brokers: [broker] })).toEqual(["brokers[0].keyVersion: is not a version"]);
  });
});

describe.each<[Custody, boolean, number]>([
  ["state", true, 5],
  ["machine", false, 0],
])('the synthesized text, with custody "%s",', (custody, outputs, resourcesPerBroker) => {
  const props: BrokerPkiProps = { authority: AUTHORITY, brokers: brokers(...AWKWARD), custody, outputs };

  it("is the same in any order of declaration", () => {
    const reversed = fleet({
      ...props,
      brokers: brokers(...AWKWARD)
        .reverse()
        .map((broker) => ({ ...broker, alternativeAddresses: ["y.z", "x.z"] })),
    });
    const ordered = fleet({
      ...props,
      brokers: brokers(...AWKWARD).map((broker) => ({ alternativeAddresses: ["x.z", "y.z"], ...broker })),
    });

    expect(reversed).toEqual(ordered);
  });

  it("is the same in any directory, and names none", () => {
    expect(fleet(props)).toEqual(fleet(props));
    inNewDirectory((directory) => {
      expect(declared(props).wholeText).not.toContain(directory);
    });
  });

  it("is the same for other spellings of the same addresses", () => {
    const other = fleet({
      ...props,
      brokers: brokers("A.B.", "AB", ...AWKWARD.slice(2).map((text) => text.toUpperCase())),
    });

    expect(other).toEqual(fleet(props));
  });

  it("changes for an added broker in that broker's own resources alone", () => {
    const before = fleet({ ...props, brokers: brokers(...AWKWARD) }).resources;
    const after = fleet({ ...props, brokers: brokers("added.example.com", ...AWKWARD) }).resources;

    expect(Object.keys(after).filter((address) => !(address in before))).toHaveLength(resourcesPerBroker);
    for (const address of Object.keys(before)) {
      expect(after[address]).toEqual(before[address]);
    }
  });

  it("holds no key, not even one that is there already", () => {
    inNewDirectory(() => {
      const { privateKey } = generateKeyPairSync("ed25519");
      const pem = privateKey.export({ type: "pkcs8", format: "pem" });
      const base64 = privateKey.export({ type: "pkcs8", format: "der" }).toString("base64");
      const [, body = ""] = String(pem).split("\n");
      mkdirSync("pki/brokers/a.b", { recursive: true });
      for (const path of ["pki/ca.key", "pki/brokers/a.b/server.key"]) {
        writeFileSync(path, pem, { mode: 0o600 });
      }
      const { wholeText } = declared(props);

      expect(wholeText).not.toMatch(/BEGIN [A-Z ]*PRIVATE KEY-----/);
      expect(wholeText).not.toContain(body);
      expect(wholeText).not.toContain(base64);
    });
  });
});

describe('custody "state"', () => {
  it("pins the versions of the providers", () => {
    expect(fleet({ brokers: brokers("a.b") }).json.terraform.required_providers).toEqual({
      local: { source: "hashicorp/local", version: "2.6.1" },
      tls: { source: "hashicorp/tls", version: "4.1.0" },
    });
  });
});

describe("the custody of a fleet that does not declare one", () => {
  const inContext =
    (custody: unknown, props: Partial<BrokerPkiProps> = {}) =>
    (app: App) => {
      app.node.setContext(CUSTODY_CONTEXT, custody);
      create(app, props);
    };
  const typesOf = (declare: (app: App) => void): string[] =>
    inNewDirectory(() => Object.keys(synthesize(declare)["mqtt"]?.json.resource ?? {}));

  it("is the one of the app's context", () => {
    expect(typesOf(inContext("machine"))).toEqual(["terraform_data"]);
    expect(typesOf(inContext("machine", { custody: undefined as never }))).toEqual(["terraform_data"]);
  });

  it("is not looked for where one is declared", () => {
    expect(typesOf(inContext("machine", { custody: "state" }))).toContain("tls_private_key");
  });

  it("is refused there too where it is none", () => {
    expect(inNewDirectory(() => reasons(refusal(inContext("file"))))).toEqual(["custody: is not a custody"]);
  });
});

describe('custody "machine"', () => {
  const IN_ONE_STACK =
    'would spread the fleet over several stacks, which custody "machine" does not support: one stack holds ten thousand brokers';

  it("needs no provider, and asks for nothing", () => {
    const { json } = fleet({ custody: "machine", brokers: brokers(...AWKWARD) });

    expect(json.terraform).not.toHaveProperty("required_providers");
    expect(json).not.toHaveProperty("provider");
    expect(json).not.toHaveProperty("variable");
    expect(Object.keys(json.resource ?? {})).toEqual(["terraform_data"]);
  });

  it.each<[string, Partial<BrokerPkiProps>, string]>([
    [
      "outputs",
      { outputs: true },
      'outputs: would put private keys into the state: custody "machine" keeps them out of it',
    ],
    [
      "to write no files",
      { files: false },
      'files: leaves no place for the keys: custody "machine" keeps them only in files',
    ],
    [
      "to keep the authority's key back",
      { exportAuthorityKey: false },
      `exportAuthorityKey: leaves no place for the authority's key: custody "machine" keeps it only in ca.key`,
    ],
    ["a number of shards", { shards: 3 }, `shards: ${IN_ONE_STACK}`],
    [
      "brokers that name shards",
      { brokers: [{ address: "a.b", shard: "north" }] },
      `brokers[0].shard: ${IN_ONE_STACK}`,
    ],
    [
      "a broker that names a shard beside one that does not",
      { brokers: [{ address: "c.d" }, { address: "a.b", shard: "north" }] },
      `brokers[1].shard: ${IN_ONE_STACK}`,
    ],
    [
      "both, which it says once",
      { shards: 1, brokers: [{ address: "a.b", shard: "north" }, { address: "c.d" }] },
      `shards: ${IN_ONE_STACK}`,
    ],
  ])("refuses %s", (_what, props, problem) => {
    expect(refused({ custody: "machine", ...props })).toEqual([problem]);
  });

  it("takes these where they say what it does anyway", () => {
    const declaration = { custody: "machine", brokers: brokers("a.b") } as const;

    expect(fleet({ ...declaration, outputs: false, files: true, exportAuthorityKey: true })).toEqual(
      fleet(declaration),
    );
  });

  it("has its problems reported with those of the fleet", () => {
    const problems = refused({
      custody: "machine",
      authority: { ...AUTHORITY, permittedDomains: ["plant.example.com"] },
      brokers: brokers("a_b", "c.d"),
      outputs: true,
      exportAuthorityKey: false,
      shards: 2,
    });

    expect(problems.map((problem) => problem.split(":")[0]).sort()).toEqual([
      "brokers[0].address",
      "brokers[1].address",
      "exportAuthorityKey",
      "outputs",
      "shards",
    ]);
  });
});

describe("a broker", () => {
  it("has RSA 2048, 825 days and renewal 90 days before the end, where nothing else is said", () => {
    const { resources } = fleet({ brokers: brokers("a.b") });

    expect(resources["tls_private_key.broker_a_b"]).toMatchObject({ algorithm: "RSA", rsa_bits: 2048 });
    expect(resources["tls_locally_signed_cert.broker_a_b"]).toMatchObject({
      validity_period_hours: 825 * 24,
      early_renewal_hours: 90 * 24,
      set_subject_key_id: true,
      allowed_uses: ["digital_signature", "key_encipherment", "server_auth"],
    });
  });

  it("is certified by its authority for its own key", () => {
    const { resources } = fleet({ brokers: brokers("a.b") });

    expect(resources["tls_cert_request.broker_a_b"]).toMatchObject({
      private_key_pem: "${tls_private_key.broker_a_b.private_key_pem}",
      subject: [{ common_name: "a.b" }],
      dns_names: ["a.b"],
    });
    expect(resources["tls_locally_signed_cert.broker_a_b"]).toMatchObject({
      cert_request_pem: "${tls_cert_request.broker_a_b.cert_request_pem}",
      ca_cert_pem: "${tls_self_signed_cert.authority.cert_pem}",
      ca_private_key_pem: "${tls_private_key.authority.private_key_pem_pkcs8}",
    });
  });

  it("has its own options before the fleet's, and adds to the fleet's names and subject", () => {
    const { resources } = fleet({
      keyAlgorithm: KeyAlgorithm.ECDSA_P384,
      duration: Duration.days(100),
      renewBefore: Duration.days(20),
      subject: { organization: "Example Ltd", country: "us" },
      alternativeAddresses: ["mqtt.example.com", "192.0.2.1"],
      brokers: [
        { address: "a.b" },
        {
          address: "c.d",
          keyAlgorithm: KeyAlgorithm.ED25519,
          duration: Duration.hours(48),
          renewBefore: Duration.hours(1),
          subject: { country: "DE", locality: "Ulm" },
          alternativeAddresses: ["2001:db8::1", "e.f"],
        },
      ],
    });

    expect(resources["tls_private_key.broker_a_b"]).toMatchObject({ algorithm: "ECDSA", ecdsa_curve: "P384" });
    expect(resources["tls_cert_request.broker_a_b"]).toMatchObject({
      subject: [{ common_name: "a.b", organization: "Example Ltd", country: "US" }],
      dns_names: ["a.b", "mqtt.example.com"],
      ip_addresses: ["192.0.2.1"],
    });
    expect(resources["tls_locally_signed_cert.broker_a_b"]).toMatchObject({
      validity_period_hours: 2400,
      early_renewal_hours: 480,
      allowed_uses: ["digital_signature", "server_auth"],
    });
    expect(resources["tls_private_key.broker_c_d"]).toMatchObject({ algorithm: "ED25519" });
    expect(resources["tls_cert_request.broker_c_d"]).toMatchObject({
      subject: [{ common_name: "c.d", organization: "Example Ltd", country: "DE", locality: "Ulm" }],
      dns_names: ["c.d", "e.f", "mqtt.example.com"],
      ip_addresses: ["192.0.2.1", "2001:db8::1"],
    });
    expect(resources["tls_locally_signed_cert.broker_c_d"]).toMatchObject({
      validity_period_hours: 48,
      early_renewal_hours: 1,
    });
  });
});

describe("the authority", () => {
  it("has the subject, the algorithm and the duration that are declared", () => {
    const { resources } = fleet({
      authority: {
        subject: { commonName: "CA", organization: "Example Ltd", emailAddress: "pki@example.com" },
        keyAlgorithm: KeyAlgorithm.RSA_4096,
        duration: Duration.days(1000),
      },
      brokers: brokers("a.b"),
    });

    expect(resources["tls_private_key.authority"]).toMatchObject({ algorithm: "RSA", rsa_bits: 4096 });
    expect(resources["tls_self_signed_cert.authority"]).toMatchObject({
      subject: [{ common_name: "CA", organization: "Example Ltd", email_address: "pki@example.com" }],
      validity_period_hours: 24_000,
      is_ca_certificate: true,
      allowed_uses: ["cert_signing", "crl_signing"],
    });
  });
});

describe('a version of a key, with custody "state",', () => {
  const first = fleet({ brokers: brokers("a.b", "c.d") });
  const second = fleet({ brokers: [{ address: "a.b", keyVersion: 2 }, { address: "c.d" }] });

  it("is another key and another request, and leaves the certificate, the files and other brokers where they are", () => {
    const changed = Object.keys({ ...first.resources, ...second.resources }).filter(
      (address) => JSON.stringify(first.resources[address]) !== JSON.stringify(second.resources[address]),
    );

    expect(changed.sort()).toEqual([
      "local_sensitive_file.broker_a_b",
      "tls_cert_request.broker_a_b",
      "tls_private_key.broker_a_b",
      "tls_private_key.broker_a_b__key_2",
    ]);
    expect(second.resources["tls_cert_request.broker_a_b"]).toMatchObject({
      private_key_pem: "${tls_private_key.broker_a_b__key_2.private_key_pem}",
    });
    expect(second.resources["local_sensitive_file.broker_a_b"]).toMatchObject({
      content: "${tls_private_key.broker_a_b__key_2.private_key_pem_pkcs8}",
    });
  });

  it("is the key whose file has the password, and the one in outputs", () => {
    const broker = { address: "a.b", keyVersion: 2 };
    const { dataSources } = fleet({ brokers: [{ ...broker, passwordVariable: "p" }] });

    expect(dataSources["local_command.broker_a_b"]).toMatchObject({
      stdin: "${tls_private_key.broker_a_b__key_2.private_key_pem_pkcs8}",
    });
    expect(fleet({ outputs: true, brokers: [broker] }).json.output).toMatchObject({
      server_keys: { value: { "a.b": "${tls_private_key.broker_a_b__key_2.private_key_pem_pkcs8}" } },
    });
  });
});

describe("files", () => {
  it("are written from the stack's folder into the directory where cdktf is run", () => {
    const { resources } = fleet({ brokers: brokers("*.plant.example.com"), directory: "out/tls/" });

    expect(resources["local_file.authority"]).toMatchObject({
      filename: "../../../out/tls/ca.pem",
      file_permission: "0644",
      directory_permission: "0700",
    });
    expect(resources["local_sensitive_file.broker_wildcard__plant_example_com"]).toMatchObject({
      filename: "../../../out/tls/brokers/_wildcard.plant.example.com/server.key",
      content: "${tls_private_key.broker_wildcard__plant_example_com.private_key_pem_pkcs8}",
      file_permission: "0600",
      directory_permission: "0700",
    });
  });

  it("may go to an absolute path", () => {
    const { resources } = fleet({ brokers: brokers("a.b"), directory: "/srv/tls" });

    expect(resources["local_file.authority"]).toMatchObject({ filename: "/srv/tls/ca.pem" });
  });

  it("do not hold the authority's key where that is not exported", () => {
    const { resources, json } = fleet({ brokers: brokers("a.b"), outputs: true, exportAuthorityKey: false });

    expect(resources).not.toHaveProperty(["local_sensitive_file.authority"]);
    expect(json.output).not.toHaveProperty("ca_key");
  });
});

describe("outputs", () => {
  it("stand beside the files, with the keys sensitive", () => {
    const { json, resources } = fleet({ brokers: brokers("a.b", "2001:db8::1"), outputs: true });

    expect(json.output).toMatchObject({
      ca_pem: { value: "${tls_self_signed_cert.authority.cert_pem}" },
      ca_key: { value: "${tls_private_key.authority.private_key_pem_pkcs8}", sensitive: true },
      server_certificates: {
        value: {
          "a.b": "${tls_locally_signed_cert.broker_a_b.cert_pem}",
          "2001:db8::1": "${tls_locally_signed_cert.broker_ipv6__2001-db8--1.cert_pem}",
        },
      },
      server_keys: { sensitive: true },
    });
    expect(json.output?.["ca_pem"]).not.toHaveProperty("sensitive");
    expect(resources).toHaveProperty(["local_file.authority"]);
  });

  it("stand alone, with three resources a broker and without the local provider", () => {
    const { resources, json } = fleet({ brokers: brokers("a.b", "c.d"), outputs: true, files: false });

    expect(Object.keys(resources)).toHaveLength(2 + 2 + 2 * 3);
    expect(json.provider).not.toHaveProperty("local");
  });

  it("are absent where they are not asked for", () => {
    expect(fleet({ brokers: brokers("a.b") }).json).not.toHaveProperty("output");
  });
});

const PASSWORDS = {
  authority: { ...AUTHORITY, passwordVariable: "ca_password" },
  passwordVariable: "broker_password",
} as const;

describe("the resource addresses of a fleet with passwords", () => {
  const addresses = (custody: Custody) => {
    const stack = fleet({ ...PASSWORDS, custody, brokers: brokers("mqtt-1.example.com") });
    return {
      resources: Object.keys(stack.resources).sort(),
      dataSources: Object.keys(stack.dataSources).sort(),
    };
  };

  it("are those of one without, and these, for ever", () => {
    expect(addresses("state")).toEqual({
      resources: [
        "local_file.authority",
        "local_file.broker_mqtt-1_example_com",
        "local_file.protected_authority",
        "local_file.protected_broker_mqtt-1_example_com",
        "local_sensitive_file.authority",
        "local_sensitive_file.broker_mqtt-1_example_com",
        "terraform_data.authority_since",
        "terraform_data.files",
        "terraform_data.fleet_since",
        "tls_cert_request.broker_mqtt-1_example_com",
        "tls_locally_signed_cert.broker_mqtt-1_example_com",
        "tls_private_key.authority",
        "tls_private_key.broker_mqtt-1_example_com",
        "tls_self_signed_cert.authority",
      ],
      dataSources: ["local_command.authority", "local_command.broker_mqtt-1_example_com"],
    });
  });

  it('are those of one without with custody "machine", for ever', () => {
    expect(addresses("machine")).toEqual({ resources: OF_MACHINE, dataSources: [] });
  });
});

describe.each<[Custody]>([["state"], ["machine"]])('passwords, with custody "%s",', (custody) => {
  const declaration = (props: Partial<BrokerPkiProps> = {}) =>
    fleet({ ...PASSWORDS, custody, brokers: brokers("a.b", "c.d", "e.f"), ...props });

  it("come in variables, one for each name, that are in no plan and must not be empty", () => {
    const variable = (name: string) => ({
      type: "string",
      description: expect.stringContaining(`TF_VAR_${name}`) as string,
      default: "",
      nullable: false,
      sensitive: true,
      ephemeral: true,
      validation: [
        {
          condition: `\${length(var.${name}) > 0}`,
          error_message: `The password is missing: set the environment variable TF_VAR_${name}.`,
        },
        {
          condition: expect.stringContaining(`var.${name}`) as string,
          error_message: expect.stringContaining("more than 1024 bytes") as string,
        },
      ],
    });

    expect(declaration().json.variable).toEqual({
      ca_password: variable("ca_password"),
      broker_password: variable("broker_password"),
    });
  });

  it("need an engine that knows such variables", () => {
    expect(declaration().json.terraform.required_version).toBe(">= 1.11");
  });

  it("may all be one", () => {
    const { json } = declaration({
      authority: { ...AUTHORITY, passwordVariable: "shared" },
      passwordVariable: "shared",
      brokers: [{ address: "a.b" }, { address: "c.d", passwordVariable: "shared", passwordVersion: 2 }],
    });

    expect(Object.keys(json.variable ?? {})).toEqual(["shared"]);
  });

  it("have variables where they are used alone", () => {
    const { json } = declaration({
      authority: AUTHORITY,
      brokers: [
        { address: "a.b", passwordVariable: false },
        { address: "c.d", passwordVariable: "own" },
      ],
    });

    expect(Object.keys(json.variable ?? {})).toEqual(["own"]);
  });

  it("are in no text, though they are in the environment", () => {
    process.env["TF_VAR_ca_password"] = "s3cret-of-the-authority";
    process.env["TF_VAR_broker_password"] = "s3cret-of-the-brokers";
    try {
      expect(declaration().wholeText).not.toContain("s3cret");
    } finally {
      delete process.env["TF_VAR_ca_password"];
      delete process.env["TF_VAR_broker_password"];
    }
  });

  it("leave a fleet that has none as if there were no such thing", () => {
    const without = declaration({ authority: AUTHORITY, passwordVariable: false });
    const { json } = without;

    expect(without).toEqual(fleet({ custody, brokers: brokers("a.b", "c.d", "e.f") }));
    expect(json).not.toHaveProperty("variable");
    expect(json).not.toHaveProperty("data");
    expect(json.terraform.required_version).toBe(">= 1.5");
    expect(Object.keys(json.resource?.["local_file"] ?? {}).filter((name) => name.startsWith("protected"))).toEqual([]);
    expect(Object.keys(without.assets).filter((path) => path.endsWith("key-password.sh"))).toEqual([]);
  });

  it("are the same text in any order of declaration", () => {
    const some = [
      { address: "a.b" },
      { address: "c.d", passwordVariable: "own" },
      { address: "e.f", passwordVersion: 2 },
    ];

    expect(declaration({ brokers: some.toReversed() })).toEqual(declaration({ brokers: some }));
  });

  it.each<[string, Partial<BrokerPkiProps>, string[]]>([
    [
      "a name that is none",
      { passwordVariable: "broker-password" },
      ["passwordVariable: is not the name of a Terraform variable"],
    ],
    ["a version that is none", { passwordVersion: 0 }, ["passwordVersion: is not a version"]],
    [
      "too few iterations",
      { passwordIterations: 1 },
      ["passwordIterations: is not a whole number from 1000 to 10000000"],
    ],
    [
      "too many iterations, of the authority's",
      { authority: { ...PASSWORDS.authority, passwordIterations: 1e9 } },
      ["authority.passwordIterations: is not a whole number from 1000 to 10000000"],
    ],
    [
      "a version of no password, at a broker",
      { brokers: [{ address: "a.b", passwordVariable: false, passwordVersion: 2 }] },
      ["brokers[0].passwordVersion: is set, but there is no password"],
    ],
    [
      "a name that is none, of the authority's",
      { authority: { ...AUTHORITY, passwordVariable: "" } },
      ["authority.passwordVariable: is not the name of a Terraform variable"],
    ],
  ])("are refused with %s", (_what, props, expected) => {
    expect(refused({ ...PASSWORDS, custody, ...props })).toEqual(expected);
  });
});

describe('passwords, with custody "state",', () => {
  const { resources, dataSources, assets } = fleet({
    ...PASSWORDS,
    brokers: [
      { address: "a.b", passwordVersion: 2 },
      { address: "c.d", passwordVariable: false },
    ],
  });

  it("are put on a key before it is written", () => {
    const [script] = Object.keys(assets).filter((path) => path.endsWith("/key-password.sh"));

    expect(dataSources["local_command.broker_a_b"]).toMatchObject({
      command: "sh",
      arguments: [
        script,
        "protect",
        "broker_password",
        "../../../pki/brokers/a.b/server.key",
        "2048",
        "${tls_private_key.broker_a_b.public_key_fingerprint_sha256} TF_VAR_broker_password 2 2048",
      ],
      stdin: "${tls_private_key.broker_a_b.private_key_pem_pkcs8}",
    });
    expect(resources["local_sensitive_file.broker_a_b"]).toMatchObject({
      content: "${data.local_command.broker_a_b.stdout}",
      filename: "../../../pki/brokers/a.b/server.key",
      file_permission: "0600",
    });
    expect(resources["local_sensitive_file.authority"]).toMatchObject({
      content: "${data.local_command.authority.stdout}",
      filename: "../../../pki/ca.key",
    });
  });

  it("are hashed 600,000 times where they are the authority's, and as often as is declared", () => {
    const iterationsOf = (stack: Pick<Synthesized, "dataSources">, name: string) => {
      const [, , , , iterations, id] = stack.dataSources[`local_command.${name}`]?.["arguments"] as string[];
      return [iterations, id?.split(" ").at(-1)];
    };
    const other = fleet({
      authority: { ...PASSWORDS.authority, passwordIterations: 5000 },
      passwordVariable: "broker_password",
      passwordIterations: 10_000,
      brokers: [{ address: "a.b" }, { address: "c.d", passwordIterations: 20_000 }],
    });

    expect(iterationsOf({ dataSources }, "authority")).toEqual(["600000", "600000"]);
    expect(iterationsOf(other, "authority")).toEqual(["5000", "5000"]);
    expect(iterationsOf(other, "broker_a_b")).toEqual(["10000", "10000"]);
    expect(iterationsOf(other, "broker_c_d")).toEqual(["20000", "20000"]);
  });

  it("are on record, once the file is written", () => {
    expect(resources["local_file.protected_broker_a_b"]).toMatchObject({
      content:
        '{"id":"${tls_private_key.broker_a_b.public_key_fingerprint_sha256} TF_VAR_broker_password 2 2048","sha256":"${sha256(data.local_command.broker_a_b.stdout)}"}\n',
      filename: "../../../pki/brokers/a.b/server.key.json",
      file_permission: "0644",
      directory_permission: "0700",
      depends_on: ["local_sensitive_file.broker_a_b"],
    });
    expect(resources["local_file.protected_authority"]).toMatchObject({
      filename: "../../../pki/ca.key.json",
      depends_on: ["local_sensitive_file.authority"],
    });
  });

  it("leave alone what has none, and what signs", () => {
    const plain = fleet({ brokers: brokers("a.b", "c.d") }).resources;

    for (const address of Object.keys(plain).filter((one) => one.startsWith("tls_") || one.endsWith("c_d"))) {
      expect(resources[address]).toEqual(plain[address]);
    }
    expect(Object.keys(dataSources).sort()).toEqual(["local_command.authority", "local_command.broker_a_b"]);
  });

  it("are for files, and not for outputs", () => {
    const reason = "would give out keys without their passwords: passwords apply to files only";
    const ofAuthority = { authority: PASSWORDS.authority };

    for (const props of [
      ofAuthority,
      { passwordVariable: "p" },
      { brokers: [{ address: "a.b", passwordVariable: "p" }] },
    ]) {
      expect(refused({ ...props, outputs: true })).toEqual([`outputs: ${reason}`]);
      expect(refused({ ...props, outputs: true, files: false })).toEqual([`outputs: ${reason}`]);
      expect(refused({ ...props, files: false })).toContain(`files: ${reason}`);
    }
  });

  it("are needed where files are to be handed out", () => {
    const hidden = { files: false, outputs: true };
    const reason = "files: leaves no files for reloadCommand to hand out";

    expect(refused({ ...hidden, reloadCommand: "true" })).toEqual([reason]);
    expect(refused({ ...hidden, brokers: [{ address: "a.b", reloadCommand: "true" }] })).toEqual([reason]);
    expect(() =>
      fleet({ ...hidden, reloadCommand: "true", brokers: [{ address: "a.b", reloadCommand: false }] }),
    ).not.toThrow();
  });

  it("do not keep a fleet from having outputs where nobody has one", () => {
    const { json } = fleet({
      passwordVariable: "p",
      outputs: true,
      brokers: [{ address: "a.b", passwordVariable: false }],
    });

    expect(Object.keys(json.output ?? {}).sort()).toEqual(["ca_key", "ca_pem", "server_certificates", "server_keys"]);
  });

  it("are not for the authority's key where that is not written", () => {
    expect(refused({ ...PASSWORDS, exportAuthorityKey: false })).toEqual([
      "authority.passwordVariable: is for ca.key, which is not written",
    ]);
    expect(
      Object.keys(
        fleet({ ...PASSWORDS, authority: AUTHORITY, exportAuthorityKey: false, brokers: brokers("a.b") }).dataSources,
      ),
    ).toEqual(["local_command.broker_a_b"]);
  });

  it("that may stand in place of a variable's name are not shown", () => {
    const error = inNewDirectory(() =>
      refusal((app) =>
        create(app, { authority: { ...AUTHORITY, passwordVariable: "s3cret!" }, exportAuthorityKey: false }),
      ),
    );

    expect(error.message).toContain("authority.passwordVariable");
    expect(error.message).not.toContain("s3cret");
  });
});

describe.each<[Custody]>([["state"], ["machine"]])('versions of keys, with custody "%s",', (custody) => {
  const declared = (props: Partial<BrokerPkiProps>) => fleet({ custody, brokers: brokers("a.b", "c.d"), ...props });

  it("may be the fleet's, as if each broker said so", () => {
    expect(declared({ keyVersion: 2 })).toEqual(
      declared({ brokers: brokers("a.b", "c.d").map((broker) => ({ ...broker, keyVersion: 2 })) }),
    );
    expect(declared({ keyVersion: 1 })).toEqual(declared({}));
  });

  it("are not of a broker that made its own key", () => {
    const { pem } = makeRequest({ subject: { CN: "a.b" }, names: ["DNS:a.b"] });
    const own = { brokers: [{ address: "a.b", csrPem: pem }] };

    expect(declared({ ...own, keyVersion: 2 })).toEqual(declared(own));
    expect(refused({ custody, brokers: [{ address: "a.b", csrPem: pem, keyVersion: 2 }] })).toEqual([
      "brokers[0].keyVersion: is for a key that is made here, but this broker made its own key",
    ]);
  });
});

describe("a broker that made its own key", () => {
  const { pem } = makeRequest({ subject: { CN: "a.b" }, names: ["DNS:a.b"] });
  const rsa = makeRequest({ subject: { CN: "a.b" }, names: ["DNS:a.b"], newKey: ["-newkey", "rsa:2048"] });
  const own = { address: "a.b", csrPem: pem };

  it("has a certificate for its request, and no key", () => {
    const { resources } = fleet({ brokers: [own, { address: "c.d" }] });

    expect(
      Object.keys(resources)
        .filter((address) => address.endsWith("a_b"))
        .sort(),
    ).toEqual(["local_file.broker_a_b", "tls_locally_signed_cert.broker_a_b"]);
    expect(resources["tls_locally_signed_cert.broker_a_b"]).toMatchObject({
      cert_request_pem: pem,
      ca_cert_pem: "${tls_self_signed_cert.authority.cert_pem}",
      ca_private_key_pem: "${tls_private_key.authority.private_key_pem_pkcs8}",
      set_subject_key_id: true,
    });
    expect(resources["local_file.broker_a_b"]).toMatchObject({
      content: "${tls_locally_signed_cert.broker_a_b.cert_pem}",
      filename: "../../../pki/brokers/a.b/server.pem",
    });
  });

  it('has no resource of its own with custody "machine", as any broker', () => {
    const { resources } = fleet({ custody: "machine", brokers: [own] });

    expect(Object.keys(resources).sort()).toEqual(OF_MACHINE);
  });

  it("has the key usages of its own algorithm, whatever the fleet's is", () => {
    const uses = (csrPem: string, keyAlgorithm: KeyAlgorithm) =>
      fleet({ keyAlgorithm, brokers: [{ address: "a.b", csrPem }] }).resources["tls_locally_signed_cert.broker_a_b"]?.[
        "allowed_uses"
      ];

    expect(uses(pem, KeyAlgorithm.RSA_2048)).toEqual(["digital_signature", "server_auth"]);
    expect(uses(rsa.pem, KeyAlgorithm.ED25519)).toEqual(["digital_signature", "key_encipherment", "server_auth"]);
  });

  it.each<[Custody]>([["state"], ["machine"]])('has no password of the fleet\'s, with custody "%s"', (custody) => {
    const stack = fleet({ custody, passwordVariable: "p", passwordVersion: 2, brokers: [own] });

    expect(stack.json).not.toHaveProperty("variable");
    expect(stack).toEqual(fleet({ custody, brokers: [own] }));
  });

  it.each<[Custody]>([["state"], ["machine"]])('has it read from a file too, with custody "%s"', (custody) => {
    const fromFile = inNewDirectory(() => {
      mkdirSync("csr");
      writeFileSync("csr/a.csr", pem.replaceAll("\n", "\r\n"));
      return declared({ custody, brokers: [{ address: "a.b", csrFile: "csr/a.csr" }] });
    });

    expect(fromFile).toEqual(fleet({ custody, brokers: [own] }));
  });

  it.each<[Custody]>([["state"], ["machine"]])('gives no key away, with custody "%s"', (custody) => {
    const error = inNewDirectory(() =>
      refusal((app) => create(app, { custody, brokers: [own] }).servers[0]?.privateKeyPem),
    );

    expect(error.message).toContain(
      'its private key" was made elsewhere and is not available here; use only the certificate',
    );
  });

  it("is in the outputs with its certificate alone", () => {
    const { json } = fleet({ outputs: true, files: false, brokers: [own, { address: "c.d" }] });

    expect(json.output).toMatchObject({
      server_certificates: {
        value: {
          "a.b": "${tls_locally_signed_cert.broker_a_b.cert_pem}",
          "c.d": "${tls_locally_signed_cert.broker_c_d.cert_pem}",
        },
      },
    });
    expect(json.output?.["server_keys"]?.["value"]).toEqual({
      "c.d": "${tls_private_key.broker_c_d.private_key_pem_pkcs8}",
    });
  });

  it.each<[Custody]>([["state"], ["machine"]])('may have its key here, with whatever mode: custody "%s"', (custody) => {
    inNewDirectory(() => {
      mkdirSync("pki/brokers/a.b", { recursive: true });
      writeFileSync("pki/brokers/a.b/server.key", "");
      chmodSync("pki/brokers/a.b/server.key", 0o640);

      expect(() => declared({ custody, brokers: [own] })).not.toThrow();
    });
  });

  it.each<[string, Partial<BrokerPkiProps["brokers"][number]>, string[]]>([
    [
      "two requests",
      { csrFile: "a.csr", csrPem: pem },
      ["brokers[0].csrPem: is a second request, in addition to csrFile"],
    ],
    ["a request that is not there", { csrFile: "a.csr" }, ["brokers[0].csrFile: does not exist"]],
    ["a folder in place of one", { csrFile: "." }, ["brokers[0].csrFile: cannot be read"]],
    [
      "a password",
      { csrPem: pem, passwordVariable: "p" },
      ["brokers[0].passwordVariable: is for a file with a key, but this broker keeps its key"],
    ],
  ])("is refused with %s", (_what, props, expected) => {
    expect(refused({ brokers: [{ address: "a.b", ...props }] })).toEqual(expected);
  });

  it("is refused with a request for another name, and the command for a right one", () => {
    const error = inNewDirectory(() => refusal((app) => create(app, { brokers: [{ address: "c.d", csrPem: pem }] })));

    expect(error.message).toContain("brokers[0].csrPem: (a request) has the subject");
    expect(error.message).toContain("-subj '/CN=c.d' -addext 'subjectAltName = DNS:c.d'");
  });
});

describe("an authority that was made elsewhere", () => {
  let folder: string;
  let root: MadeAuthority;
  let intermediate: MadeAuthority;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "authorities-"));
    root = makeAuthority(folder, "root");
    intermediate = makeAuthority(folder, "intermediate", { issuer: root, days: 1000 });
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  let made = 0;
  const make = (options: AuthorityOptions) => {
    made += 1;
    return makeAuthority(folder, `other-${made}`, options);
  };

  const ofRoot = () => ({ certificateFile: root.certificateFile, keyFile: root.keyFile });
  const ofIntermediate = () => ({
    certificatePem: `${intermediate.certificatePem}${root.certificatePem}`,
    keyFile: intermediate.keyFile,
  });
  const inVariable = () => ({ certificatePem: root.certificatePem, keyVariable: "authority_key" });
  const importedBy = (authority: object, props: Partial<BrokerPkiProps> = {}) =>
    fleet({ authority: authority, brokers: brokers("a.b"), ...props });

  describe('with custody "state"', () => {
    it("has these addresses, for ever", () => {
      const { resources, dataSources, json } = importedBy(ofIntermediate());

      expect(Object.keys(resources).sort()).toEqual([
        "local_file.authority",
        "local_file.broker_a_b",
        "local_sensitive_file.broker_a_b",
        "terraform_data.authority_since",
        "terraform_data.files",
        "terraform_data.fleet_since",
        "tls_cert_request.broker_a_b",
        "tls_locally_signed_cert.broker_a_b",
        "tls_private_key.broker_a_b",
      ]);
      expect(Object.keys(dataSources)).toEqual(["tls_public_key.authority"]);
      expect(Object.keys(json.locals ?? {}).sort()).toEqual([
        "authority_certificate",
        "authority_chain",
        "authority_trust_anchor",
        "validity",
      ]);
    });

    it("signs with its key, and has the root for clients and the rest for servers", () => {
      const { resources, json } = importedBy(ofIntermediate());

      expect(json.locals).toMatchObject({
        authority_certificate: intermediate.certificatePem,
        authority_chain: intermediate.certificatePem,
        authority_trust_anchor: root.certificatePem,
      });
      expect(resources["tls_locally_signed_cert.broker_a_b"]).toMatchObject({
        ca_cert_pem: "${local.authority_certificate}",
        ca_private_key_pem: "${data.tls_public_key.authority.private_key_pem}",
        lifecycle: {
          postcondition: [
            {
              condition: expect.stringMatching(
                /^\$\{timecmp\(self\.validity_end_time, "[\dT:-]+Z"\) <= 0\}$/,
              ) as string,
            },
          ],
        },
      });
      expect(resources["local_file.authority"]).toMatchObject({
        content: "${local.authority_trust_anchor}",
        filename: "../../../pki/ca.pem",
      });
      expect(resources["local_file.broker_a_b"]).toMatchObject({
        content: "${tls_locally_signed_cert.broker_a_b.cert_pem}${local.authority_chain}",
      });
    });

    it("leaves a server's certificate alone in its file where the root signs", () => {
      const { resources, json } = importedBy(ofRoot());

      expect(json.locals).not.toHaveProperty("authority_chain");
      expect(resources["local_file.broker_a_b"]).toMatchObject({
        content: "${tls_locally_signed_cert.broker_a_b.cert_pem}",
      });
    });

    it("has its key read in the plan, as a secret, and compared with its certificate", () => {
      const { dataSources, json, wholeText } = importedBy(ofRoot());

      expect(dataSources["tls_public_key.authority"]?.["private_key_pem"]).toContain(
        `sensitive(file("${root.keyFile}"))`,
      );
      expect(dataSources["tls_public_key.authority"]).toMatchObject({
        lifecycle: {
          postcondition: [
            {
              condition: expect.stringContaining("trimspace(self.public_key_pem) ==") as string,
              error_message: `${root.keyFile} is not the key of the authority's certificate. Use the key that it was issued for.`,
            },
          ],
        },
      });
      expect(json).not.toHaveProperty("variable");
      expect(wholeText).not.toContain(readFileSync(root.keyFile, "utf8").split("\n")[1]);
    });

    it("has a key in a variable, which is sensitive, and which the state has", () => {
      const { dataSources, json } = importedBy(inVariable());

      expect(dataSources["tls_public_key.authority"]?.["private_key_pem"]).toContain("var.authority_key");
      expect(json.variable).toEqual({
        authority_key: {
          type: "string",
          description: "A private key of the authority. It comes from the environment, as TF_VAR_authority_key.",
          default: "",
          nullable: false,
          sensitive: true,
          validation: [
            {
              condition: "${length(var.authority_key) > 0}",
              error_message:
                "The private key of the authority is missing: set the environment variable TF_VAR_authority_key.",
            },
          ],
        },
      });
      expect(json.terraform.required_version).toBe(">= 1.5");
    });

    it("has a key with a password unlocked for a key of the state", () => {
      const keyFile = protectedKey(root);
      const { resources, dataSources, json } = importedBy({ ...ofRoot(), keyFile, passwordVariable: "ca_password" });

      expect(resources["tls_private_key.authority_transport"]).toMatchObject({ algorithm: "RSA", rsa_bits: 2048 });
      expect(dataSources["local_command.authority_unlocked"]).toMatchObject({
        command: "sh",
        arguments: [expect.stringMatching(/key-password\.sh$/), "unlock", "ca_password", keyFile],
        stdin: "${tls_private_key.authority_transport.public_key_pem}",
      });
      expect(dataSources["tls_public_key.authority"]?.["private_key_pem"]).toContain(
        "rsadecrypt(piece, tls_private_key.authority_transport.private_key_pem)",
      );
      expect(json.variable?.["ca_password"]).toMatchObject({ ephemeral: true, sensitive: true, default: "" });
      expect(json.terraform.required_version).toBe(">= 1.11");
    });

    it("has outputs without its key", () => {
      const { json } = importedBy(ofIntermediate(), { outputs: true });

      expect(json.output).not.toHaveProperty("ca_key");
      expect(json.output).toMatchObject({
        ca_pem: { value: "${local.authority_trust_anchor}" },
        server_certificates: {
          value: { "a.b": "${tls_locally_signed_cert.broker_a_b.cert_pem}${local.authority_chain}" },
        },
      });
    });

    it("may have a password of its key beside outputs, which do not have that key", () => {
      const authority = { ...ofRoot(), keyFile: protectedKey(root), passwordVariable: "ca_password" };

      expect(importedBy(authority, { outputs: true, files: false }).json.output).toHaveProperty("server_keys");
    });
  });

  describe('with custody "machine"', () => {
    const machine = { custody: "machine" } as const;

    it("has the addresses of one that is made here, for ever", () => {
      expect(Object.keys(importedBy(ofIntermediate(), machine).resources).sort()).toEqual(OF_MACHINE);
    });

    it("needs no provider, and no variable where its key is in a file without a password", () => {
      const { json } = importedBy(ofIntermediate(), machine);

      for (const property of ["provider", "data", "variable"]) {
        expect(json).not.toHaveProperty(property);
      }
      expect(json.terraform).not.toHaveProperty("required_providers");
    });

    it("has its certificates beside the stack, and its key nowhere", () => {
      const { assets, wholeText } = importedBy(ofIntermediate(), machine);
      const declared = Object.entries(assets).find(([path]) => path.endsWith("/declared.json"))?.[1] ?? "";

      expect(JSON.parse(declared)).toMatchObject({
        authorities: {
          "1": {
            certificate: intermediate.certificatePem,
            chain: intermediate.certificatePem,
            trust_anchor: root.certificatePem,
          },
        },
      });
      expect(wholeText).not.toMatch(/BEGIN [A-Z ]*PRIVATE KEY-----/);
      expect(wholeText).not.toContain(readFileSync(intermediate.keyFile, "utf8").split("\n")[1]);
    });

    it.each<[string, () => object, string]>([
      ["its key", inVariable, "authority_key"],
      [
        "the password of its key",
        () => ({ ...ofRoot(), keyFile: protectedKey(root), passwordVariable: "ca_password" }),
        "ca_password",
      ],
    ])("has %s in a variable that is in no plan", (_what, authority, variable) => {
      const { json } = importedBy(authority(), machine);

      expect(Object.keys(json.variable ?? {})).toEqual([variable]);
      expect(json.variable?.[variable]).toMatchObject({ ephemeral: true, sensitive: true, default: "" });
      expect(json.terraform.required_version).toBe(">= 1.11");
    });
  });

  it.each<[Custody]>([["state"], ["machine"]])('has no key to export, with custody "%s"', (custody) => {
    const props = { authority: ofRoot(), custody };

    expect(refused({ ...props, exportAuthorityKey: true })).toEqual([
      "exportAuthorityKey: is not possible for an imported authority: its key stays where it is",
    ]);
    expect(refusedOrNot({ ...props, exportAuthorityKey: false })).toEqual([]);
  });

  it.each<[Custody]>([["state"], ["machine"]])(
    'does not mind what there is in the place of a ca.key, with custody "%s"',
    (custody) => {
      inNewDirectory(() => {
        mkdirSync("pki/ca.key", { recursive: true });

        expect(() => declared({ authority: ofRoot(), custody, brokers: brokers("a.b") })).not.toThrow();
        expect(reasons(refusal((app) => create(app, { custody })))).toEqual(["directory: exists and is not a file"]);
      });
    },
  );

  it.each<[Custody]>([["state"], ["machine"]])('is refused at its path, with custody "%s"', (custody) => {
    const other = make({});
    const cases: [object, string[]][] = [
      [{ certificateFile: "no.pem" }, ["authority.certificateFile", "authority.keyFile"]],
      [{ keyFile: root.keyFile }, ["authority.certificateFile"]],
      [{ certificateFile: root.certificateFile, keyFile: other.keyFile }, ["authority.keyFile"]],
      [{ ...ofRoot(), certificatePem: root.certificatePem }, ["authority.certificatePem"]],
      [{ ...ofRoot(), keyVariable: "k" }, ["authority.keyVariable"]],
      [{ ...inVariable(), passwordVariable: "p" }, ["authority.passwordVariable"]],
      [{ certificatePem: root.certificatePem, keyVariable: "a b" }, ["authority.keyVariable"]],
      [{ ...ofRoot(), passwordVariable: "p" }, ["authority.keyFile"]],
      [{ ...ofRoot(), keyFile: protectedKey(root) }, ["authority.keyFile"]],
      [{ ...ofRoot(), custody: "state" }, ["authority.custody"]],
    ];

    for (const [authority, paths] of cases) {
      const problems = refused({ custody, authority: authority });
      expect([authority, problems.map((problem) => problem.split(":")[0]).sort()]).toEqual([authority, paths]);
    }
  });

  it.each(["subject", "keyAlgorithm", "duration", "permittedDomains", "pathLength", "passwordVersion", "password"])(
    "does not have the property %s",
    (name) => {
      expect(refused({ authority: { ...ofRoot(), [name]: null } })).toEqual([
        `authority.${name}: is not a known property`,
      ]);
    },
  );

  it("is one that is made here where what would tell of it is undefined", () => {
    const authority = { ...AUTHORITY, certificateFile: undefined, keyFile: undefined } as never;

    expect(refusedOrNot({ authority })).toEqual([]);
  });

  it("outlives what it signs, by the day on which it ends", () => {
    const authority = { ...ofIntermediate() };
    const years = Duration.days(1001);

    expect(refused({ authority, duration: years })).toEqual([
      expect.stringMatching(/^duration: would outlive its authority, which expires on \d{4}-\d\d-\d\d$/),
    ]);
    expect(refused({ authority, brokers: [{ address: "a.b", duration: years }] })).toEqual([
      expect.stringMatching(/^brokers\[0\]\.duration: would outlive its authority, which expires on/),
    ]);
    expect(refusedOrNot({ authority, duration: Duration.days(999) })).toEqual([]);
  });

  it.each<[Custody]>([["state"], ["machine"]])(
    'has whom it permits to certify kept to, with custody "%s"',
    (custody) => {
      const limited = make({ extensions: { nameConstraints: "critical, permitted;DNS:plant.example.com" } });
      const authority = { certificateFile: limited.certificateFile, keyFile: limited.keyFile };
      const outside = "is outside the permitted domains of its authority: plant.example.com";

      expect(
        refused({
          custody,
          authority,
          brokers: [
            { address: "mqtt.plant.example.com", alternativeAddresses: ["mqtt.example.org"] },
            { address: "evilplant.example.com" },
            { address: "192.0.2.1" },
          ],
        }),
      ).toEqual([`brokers[0].alternativeAddresses[0]: ${outside}`, `brokers[1].address: ${outside}`]);
      expect(refusedOrNot({ custody, authority, brokers: brokers("plant.example.com") })).toEqual([]);
    },
  );

  it("has the certificate of a broker that is dialled by its IP address without a common name, where it is limited", () => {
    const limited = make({ extensions: { nameConstraints: "critical, permitted;DNS:plant.example.com" } });
    const authority = { certificateFile: limited.certificateFile, keyFile: limited.keyFile };

    expect(
      importedBy(authority, { brokers: brokers("192.0.2.1") }).resources["tls_cert_request.broker_192_0_2_1"],
    ).not.toHaveProperty("subject");
  });

  it("has another name than each of the brokers' certificates", () => {
    const named = make({ subject: "/CN=a.b" });
    const authority = { certificateFile: named.certificateFile, keyFile: named.keyFile };

    expect(refused({ authority })).toEqual([
      "brokers[0].address: gives the certificate the subject of its authority: clients cannot tell them apart",
    ]);
  });

  it("has files by a path that is the same everywhere", () => {
    const texts = [1, 2].map(() =>
      inNewDirectory((directory) => {
        mkdirSync("ca");
        writeFileSync("ca/ca.pem", root.certificatePem);
        writeFileSync("ca/ca.key", readFileSync(root.keyFile), { mode: 0o600 });
        const authority = { certificateFile: "ca/ca.pem", keyFile: "ca/ca.key" };
        const stack = declared({ authority, brokers: brokers("a.b") });

        expect(stack.dataSources["tls_public_key.authority"]?.["private_key_pem"]).toContain(
          'file("../../../ca/ca.key")',
        );
        expect(stack.wholeText).not.toContain(directory);
        return stack;
      }),
    );

    expect(texts[1]).toEqual(texts[0]);
  });
});

describe("the stack", () => {
  it("keeps its state beside the app, by a path that is the same everywhere", () => {
    expect(fleet({ brokers: brokers("a.b") }).json.terraform.backend).toEqual({
      local: { path: "../../../terraform.mqtt.tfstate" },
    });
  });

  it("takes a backend of the user's", () => {
    const backend = inNewDirectory(
      () =>
        synthesize((app) => {
          new S3Backend(create(app, {}), { bucket: "states", key: "mqtt", region: "eu-west-1" });
        })["mqtt"]?.json.terraform.backend,
    );

    expect(backend).toEqual({ s3: { bucket: "states", key: "mqtt", region: "eu-west-1" } });
  });

  it("takes resources of the user's, which may refer to other stacks", () => {
    const resources = inNewDirectory(
      () =>
        synthesize((app) => {
          const other = new TerraformStack(app, "other");
          const authority = new CertificateAuthority(other, "ca", { subject: { commonName: "Other CA" } });
          const fleet = create(app, {});
          new ServerCertificate(fleet, "extra", { authority, address: "extra.example.com", resourceName: "extra" });
        })["mqtt"]?.resources,
    );

    expect(resources?.["tls_locally_signed_cert.extra"]).toMatchObject({
      ca_cert_pem: expect.stringContaining("${data.terraform_remote_state.") as string,
    });
  });

  it("has room beside it for other fleets", () => {
    const stacks = inNewDirectory(() =>
      synthesize((app) => {
        create(app, {});
        new BrokerPki(app, "second", { authority: AUTHORITY, brokers: brokers("a.b"), directory: "second" });
      }),
    );

    expect(Object.keys(stacks)).toEqual(["mqtt", "second"]);
  });
});

describe.each<[Custody]>([["state"], ["machine"]])('a fleet with custody "%s" is a stack', (custody) => {
  function appWith(declare: (fleet: BrokerPki, app: App) => void): App {
    const app = new App();
    declare(new BrokerPki(app, "mqtt", { custody, authority: AUTHORITY, brokers: brokers("a.b") }), app);
    return app;
  }

  /** What the app is synthesized to: its stacks, and what each is deployed after. */
  function dependenciesOf(declare: (fleet: BrokerPki, app: App) => void): Record<string, readonly string[]> {
    return inNewDirectory(() => {
      const app = appWith(declare);
      app.synth();
      return Object.fromEntries(
        Object.values(app.manifest.stacks).map(({ name, dependencies }) => [name, dependencies]),
      );
    });
  }

  it("the app's own child, with nothing beside it", () => {
    inNewDirectory(() => {
      expect(appWith(() => undefined).node.children.map((child) => TerraformStack.isStack(child))).toEqual([true]);
    });
  });

  it("gives its certificates to other stacks, which are deployed after it", () => {
    const take = (fleet: BrokerPki, app: App) => {
      const other = new TerraformStack(app, "other");
      new TerraformOutput(other, "ca", { value: fleet.authority.certificatePem });
      new TerraformOutput(other, "server", { value: fleet.servers[0]?.certificatePem });
    };

    expect(dependenciesOf(take)).toEqual({ mqtt: [], other: ["mqtt"] });
  });

  it("is deployed after what it depends on", () => {
    const depend = (fleet: BrokerPki, app: App) => {
      fleet.addDependency(new TerraformStack(app, "network"));
    };

    expect(dependenciesOf(depend)).toEqual({ mqtt: ["network"], network: [] });
  });

  /** A construct of the fleet's, by its id. */
  function below(fleet: BrokerPki, id: string): Construct {
    return (
      fleet.node
        .findAll()
        .filter((construct) => construct instanceof Construct)
        .find(({ node }) => node.id === id) ?? fleet
    );
  }

  it.each<[string, (fleet: BrokerPki, token: string) => unknown]>([
    ["beside ours", (fleet, token) => new TerraformOutput(fleet, "o", { value: token })],
    ["in the authority", (fleet, token) => new TerraformOutput(below(fleet, "authority"), "o", { value: token })],
    ["in a broker", (fleet, token) => new TerraformOutput(below(fleet, "a.b"), "o", { value: token })],
    [
      "as an override",
      (fleet, token) => {
        const [own] = fleet.node.findAll().filter((construct) => TerraformResource.isTerraformResource(construct));
        own?.addOverride("input", token);
      },
    ],
  ])("takes what other stacks have, wherever that is put: %s", (_where, take) => {
    const text = inNewDirectory(
      () =>
        synthesize((app) => {
          const declare = (id: string) =>
            new BrokerPki(app, id, { custody, directory: id, authority: AUTHORITY, brokers: brokers("a.b") });
          take(declare("mqtt"), declare("other").authority.certificatePem);
        })["mqtt"]?.text,
    );

    expect(text).toMatch(/\$\{data\.terraform_remote_state\.[\w-]*other\.outputs\./);
  });

  it("is visited by aspects", () => {
    const visited = inNewDirectory(() => {
      const types = new Set<string>();
      appWith((fleet) => {
        Aspects.of(fleet).add({
          visit: (node) => {
            if (TerraformResource.isTerraformResource(node)) {
              types.add(node.terraformResourceType);
            }
          },
        });
      }).synth();
      return types;
    });

    expect(visited).toContain("terraform_data");
  });

  it("is validated", () => {
    inNewDirectory(() => {
      const app = appWith((fleet) => {
        fleet.node.addValidation({ validate: () => ["the moon is full"] });
      });

      expect(() => {
        app.synth();
      }).toThrow("the moon is full");
    });
  });
});

describe("a fleet is refused", () => {
  it("with all of its problems in one error, each with its path, its value and what to do", () => {
    const error = inNewDirectory(() =>
      refusal((app) =>
        create(app, {
          authority: { subject: { commonName: "CA", country: "USA" } },
          brokers: [
            { address: "mqtts://a.example.com:8883" },
            { address: "b.example.com", duration: Duration.days(0) },
            { address: "B.example.com.", keyAlgorithm: KeyAlgorithm.fromName("RSA-1024") },
          ],
          directory: "../pki",
        }),
      ),
    );

    expect(error.message).toBe(
      [
        `6 problems in the fleet "mqtt":`,
        '  authority.subject.country: "USA" is not two letters; write the ISO 3166 code, such as "US"',
        '  brokers[0].address: "mqtts://a.example.com:8883" has a scheme; write the address alone: "a.example.com"',
        `  brokers[1].duration: "0 days" is zero; give at least one hour`,
        '  brokers[2].keyAlgorithm: "RSA-1024" is too weak: clients refuse RSA under 2048 bits; choose one of RSA-2048, RSA-3072, RSA-4096, ECDSA-P256, ECDSA-P384, Ed25519',
        '  brokers[2].address: "B.example.com." is the same broker as brokers[1].address, "b.example.com"; declare it once',
        '  directory: "../pki" is outside the directory where cdktf runs; name a directory below it, or give an absolute path',
      ].join("\n"),
    );
  });

  it("at the line that declares it", () => {
    const [firstFrame] =
      inNewDirectory(() => refusal((app) => create(app, { brokers: [] }))).stack?.match(/^ {4}at .*/m) ?? [];

    expect(firstFrame).toContain("broker-pki.test.ts");
  });

  it("without a trace in the file system, beside the folder that cdktf's App makes", () => {
    inNewDirectory(() => {
      refusal((app) => create(app, { brokers: brokers("a_b") }));
      expect(readdirSync(".")).toEqual(["cdktf.out"]);

      declared({ brokers: brokers("a.b") });
      const before = textsIn(".");
      refusal((app) => create(app, { brokers: brokers("a_b") }));
      expect(textsIn(".")).toEqual(before);
    });
  });

  it("for tokens where a value must be known", () => {
    const token = Token.asString(Fn.upper("a"));
    const number = Token.asNumber(Fn.max([1, 2]));

    expect(
      refused({
        authority: { subject: { commonName: token } },
        duration: Duration.days(number),
        directory: token,
        brokers: [
          { address: token, alternativeAddresses: ["b.c", token] },
          { address: "a.b", subject: { locality: token } },
          { address: "c.d", alternativeAddresses: Token.asList(Fn.tolist(["e.f"])) },
        ],
      }).sort(),
    ).toEqual([
      `authority.subject.commonName: ${TOKEN}`,
      `brokers[0].address: ${TOKEN}`,
      `brokers[0].alternativeAddresses[1]: ${TOKEN}`,
      `brokers[1].subject.locality: ${TOKEN}`,
      `brokers[2].alternativeAddresses: ${TOKEN}`,
      `directory: ${TOKEN}`,
      `duration: ${TOKEN}`,
    ]);
  });

  it("for tokens in place of the names of variables and files, and of what is in them", () => {
    const token = Token.asString(Fn.upper("a"));
    const named = { passwordVariable: token, statePassphraseVariable: token };

    expect(
      refused({
        ...named,
        brokers: [
          { address: "a.b", csrFile: token },
          { address: "c.d", csrPem: token },
        ],
      }),
    ).toEqual(
      expect.arrayContaining([
        `passwordVariable: ${TOKEN}`,
        `statePassphraseVariable: ${TOKEN}`,
        `brokers[0].csrFile: ${TOKEN}`,
        `brokers[1].csrPem: ${TOKEN}`,
      ]),
    );
    expect(refused({ authority: { certificateFile: token, keyFile: token, passwordVariable: token } }).sort()).toEqual([
      `authority.certificateFile: ${TOKEN}`,
      `authority.keyFile: ${TOKEN}`,
      `authority.passwordVariable: ${TOKEN}`,
    ]);
    expect(refused({ authority: { certificatePem: token, keyVariable: token } }).sort()).toEqual([
      `authority.certificatePem: ${TOKEN}`,
      `authority.keyVariable: ${TOKEN}`,
    ]);
  });

  it.each<[string, Partial<BrokerPkiProps>, string]>([
    ["no broker", { brokers: [] }, "brokers: has no broker"],
    ["a property that there is not", { broker: [] } as never, "broker: is not a known property"],
    ["neither files nor outputs", { files: false }, "files: leaves the fleet without files and outputs"],
    ["an empty directory", { directory: "" }, "directory: is empty"],
    ["a directory that climbs out", { directory: "a/../../b" }, "directory: is outside the directory where cdktf runs"],
    [
      "a directory with a name that is too long",
      { directory: `pki/${"a".repeat(300)}/b` },
      "directory: contains a name that is too long for file systems",
    ],
    [
      "a name for a folder that is too long for a file system",
      { brokers: brokers(`*.${Array.from({ length: 4 }, () => "a".repeat(61)).join(".")}.de`) },
      "brokers[0].address: is a folder name of 260 characters: file systems allow 255",
    ],
  ])("for %s", (_case, props, problem) => {
    expect(refused(props)).toEqual([problem]);
  });

  it.each<Custody>(["state", "machine"])('for what stands in the way of its files, with custody "%s"', (custody) => {
    inNewDirectory(() => {
      mkdirSync("pki/brokers/dir.example.com/server.key", { recursive: true });
      mkdirSync("pki/brokers/loose.example.com");
      mkdirSync("pki/brokers/link.example.com");
      writeFileSync("pki/ca.pem", "");
      chmodSync("pki/ca.pem", 0o666);
      writeFileSync("pki/ca.key", "");
      chmodSync("pki/ca.key", 0o600);
      writeFileSync("pki/brokers/file.example.com", "");
      writeFileSync("pki/brokers/loose.example.com/server.key", "");
      chmodSync("pki/brokers/loose.example.com/server.key", 0o640);
      symlinkSync("/etc/hostname", "pki/brokers/link.example.com/server.pem");
      const error = refusal((app) =>
        create(app, {
          custody,
          brokers: brokers(
            "dir.example.com",
            "file.example.com",
            "link.example.com",
            "loose.example.com",
            "new.example.com",
          ),
        }),
      );

      expect(error.problems.map(({ path, value, reason }) => `${path}: ${value} ${reason}`)).toEqual([
        'directory: "pki/ca.pem" exists with mode 0666, which a deployment would keep',
        'brokers[0].address: "pki/brokers/dir.example.com/server.key" exists and is not a file',
        'brokers[1].address: "pki/brokers/file.example.com" is a file',
        'brokers[2].address: "pki/brokers/link.example.com/server.pem" exists and is not a file',
        'brokers[3].address: "pki/brokers/loose.example.com/server.key" exists with mode 0640, which a deployment would keep',
      ]);
    });
  });

  it("where its directory is a file, or below one", () => {
    inNewDirectory(() => {
      writeFileSync("taken", "");

      expect(reasons(refusal((app) => create(app, { directory: "taken" })))).toEqual(["directory: is a file"]);
      expect(reasons(refusal((app) => create(app, { directory: "taken/pki" })))).toEqual([
        "directory: lies below taken, which is a file",
      ]);
    });
  });

  it.each([
    ["another fleet", (scope: Construct) => create(scope, { directory: "other" })],
    ["a stack", (scope: Construct) => new TerraformStack(scope, "mqtt")],
  ])("with the id of %s elsewhere in the app, which the CDK would write over", (_what, declare) => {
    inNewDirectory(() => {
      const app = new App();
      create(app, {});
      declare(new Construct(app, "site"));

      expect(() => {
        app.synth();
      }).toThrow('"mqtt" is also the id of the stack "');
    });
  });

  it("inside of a stack, since it is one itself", () => {
    const error = inNewDirectory(() =>
      refusal((app) => {
        const stack = new TerraformStack(app, "own");
        return new BrokerPki(stack, "mqtt", { authority: AUTHORITY, brokers: brokers("a.b") });
      }),
    );

    expect(error.message).toContain('scope: "own" is in a stack, but a fleet is a stack itself; pass the app');
  });

  it.each<[Custody, Custody, string]>([
    ["state", "state", "mqtt/files"],
    ["machine", "machine", "mqtt/authority"],
    ["machine", "state", "mqtt/authority"],
    ["state", "machine", "mqtt/files"],
  ])("where another fleet writes into the same directory: %s and %s", (first, second, owner) => {
    const error = inNewDirectory(() =>
      refusal((app) => {
        create(app, { custody: first });
        create(app, { custody: second, brokers: brokers("c.d"), directory: "./pki/" }, "second");
      }),
    );

    expect(error.message).toContain(`already belongs to "${owner}"`);
  });
});

describe("server", () => {
  const declare = (app: App): BrokerPki =>
    new BrokerPki(app, "mqtt", {
      authority: AUTHORITY,
      brokers: [{ address: "mqtt-1.example.com" }, { address: "2001:db8::10" }],
    });

  it("is the certificate of the broker with that address, in any spelling", () => {
    inNewDirectory(() =>
      synthesize((app) => {
        const fleet = declare(app);

        expect(fleet.server("MQTT-1.example.com.").address.text).toBe("mqtt-1.example.com");
        expect(fleet.server("2001:DB8:0::10")).toBe(fleet.servers[0]);
      }),
    );
  });

  it("is refused for another, with those that there are", () => {
    const ask = (address: string): string =>
      inNewDirectory(() => refusal((app) => declare(app).server(address))).message;

    expect(ask("mqtt-2.example.com")).toBe(
      '1 problem in the fleet "mqtt":\n  "mqtt-2.example.com" is not the address of a broker of this fleet; the brokers are 2001:db8::10, mqtt-1.example.com',
    );
    expect(ask("mqtt-1.example.com:8883")).toMatch(/has a port/);
  });
});

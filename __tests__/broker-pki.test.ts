import { generateKeyPairSync } from "node:crypto";
import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { type App, Fn, S3Backend, TerraformStack, Token } from "cdktf";
import {
  BrokerPki,
  type BrokerPkiProps,
  CertificateAuthority,
  type Custody,
  CUSTODY_CONTEXT,
  Duration,
  KeyAlgorithm,
  ServerCertificate,
} from "../lib";
import { inNewDirectory, reasons, refusal, synthesize, type Synthesized } from "./support/synth";

const AUTHORITY = { subject: { commonName: "Test CA" } };

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

function create(app: App, props: Partial<BrokerPkiProps>, id = "mqtt"): BrokerPki {
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
      "terraform_data.files",
      "tls_cert_request.broker_mqtt-1_example_com",
      "tls_locally_signed_cert.broker_mqtt-1_example_com",
      "tls_private_key.authority",
      "tls_private_key.broker_mqtt-1_example_com",
      "tls_self_signed_cert.authority",
    ]);
  });

  it('are these with custody "machine", for ever', () => {
    const declaration = { custody: "machine", brokers: brokers("mqtt-1.example.com", "*.example.com") } as const;

    expect(Object.keys(fleet(declaration).resources).sort()).toEqual([
      "terraform_data.authority",
      "terraform_data.broker_mqtt-1_example_com",
      "terraform_data.broker_wildcard__example_com",
      "terraform_data.files",
      "terraform_data.files_removed",
    ]);
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
});

describe.each<[Custody, boolean, number, string[]]>([
  ["state", true, 5, []],
  ["machine", false, 1, ["terraform_data.files", "terraform_data.files_removed"]],
])('the synthesized text, with custody "%s",', (custody, outputs, resourcesPerBroker, looksAtAll) => {
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

  it("changes for an added broker in that broker's own resources alone, beside what looks at all of them", () => {
    const before = fleet({ ...props, brokers: brokers(...AWKWARD) }).resources;
    const after = fleet({ ...props, brokers: brokers("added.example.com", ...AWKWARD) }).resources;

    expect(Object.keys(after).filter((address) => !(address in before))).toHaveLength(resourcesPerBroker);
    for (const address of Object.keys(before).filter((one) => !looksAtAll.includes(one))) {
      expect(after[address]).toEqual(before[address]);
    }
  });

  it("holds no key, not even one that is there already", () => {
    inNewDirectory(() => {
      const { privateKey } = generateKeyPairSync("ed25519");
      const pem = privateKey.export({ type: "pkcs8", format: "pem" });
      const base64 = privateKey.export({ type: "pkcs8", format: "der" }).toString("base64");
      mkdirSync("pki/brokers/a.b", { recursive: true });
      for (const path of ["pki/ca.key", "pki/brokers/a.b/server.key"]) {
        writeFileSync(path, pem, { mode: 0o600 });
      }
      const { wholeText } = declared(props);

      expect(wholeText).not.toContain("PRIVATE KEY");
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
    expect(inNewDirectory(() => reasons(refusal(inContext("file"))))).toEqual(["custody: is no custody"]);
  });
});

describe('custody "machine"', () => {
  it("needs no provider, and asks for nothing", () => {
    const { json } = fleet({ custody: "machine", brokers: brokers(...AWKWARD) });

    expect(json.terraform).not.toHaveProperty("required_providers");
    expect(json).not.toHaveProperty("provider");
    expect(json).not.toHaveProperty("variable");
    expect(Object.keys(json.resource ?? {})).toEqual(["terraform_data"]);
  });

  it.each<[string, Partial<BrokerPkiProps>, string]>([
    ["outputs", { outputs: true }, 'outputs: would put private keys into the state, where custody "machine" has none'],
    [
      "to write no files",
      { files: false },
      'files: leaves the keys no place: with custody "machine" they are in their files alone',
    ],
    [
      "to keep the authority's key back",
      { exportAuthorityKey: false },
      'exportAuthorityKey: leaves the authority without a key: with custody "machine" it is in ca.key alone',
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
    });

    expect(problems.map((problem) => problem.split(":")[0]).sort()).toEqual([
      "brokers[0].address",
      "brokers[1].address",
      "exportAuthorityKey",
      "outputs",
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

    expect(Object.keys(resources)).toHaveLength(2 + 2 * 3);
    expect(json.provider).not.toHaveProperty("local");
  });

  it("are absent where they are not asked for", () => {
    expect(fleet({ brokers: brokers("a.b") }).json).not.toHaveProperty("output");
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
          const { stack } = create(app, {});
          new S3Backend(stack, { bucket: "states", key: "mqtt", region: "eu-west-1" });
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
          const { stack } = create(app, {});
          new ServerCertificate(stack, "extra", { authority, address: "extra.example.com", resourceName: "extra" });
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
        '  brokers[0].address: "mqtts://a.example.com:8883" has a scheme; write the host alone: "a.example.com"',
        `  brokers[1].duration: "0 days" is zero; give at least one hour`,
        '  brokers[2].keyAlgorithm: "RSA-1024" is too weak: clients refuse RSA under 2048 bits; choose one of RSA-2048, RSA-3072, RSA-4096, ECDSA-P256, ECDSA-P384, Ed25519',
        '  brokers[2].address: "B.example.com." is the same broker as brokers[1].address, "b.example.com"; declare it once',
        '  directory: "../pki" climbs out of the directory where cdktf is run; name one below it, or give an absolute path',
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
      declared({ brokers: brokers("a.b") });
      const before = readFileSync("cdktf.out/stacks/mqtt/cdk.tf.json");
      refusal((app) => create(app, { brokers: brokers("a_b") }));

      expect(readFileSync("cdktf.out/stacks/mqtt/cdk.tf.json")).toEqual(before);
      expect(readdirSync(".")).toEqual(["cdktf.out"]);
    });
  });

  it("for tokens where a value must be known", () => {
    const token = Token.asString(Fn.upper("a"));
    const number = Token.asNumber(Fn.max([1, 2]));
    const unknown = "is a token, whose value is known only when it is applied";

    expect(
      refused({
        authority: { subject: { commonName: token } },
        duration: Duration.days(number),
        directory: token,
        brokers: [
          { address: token, alternativeAddresses: ["b.c", token] },
          { address: "a.b", subject: { locality: token } },
        ],
      }).sort(),
    ).toEqual([
      `authority.subject.commonName: ${unknown}`,
      `brokers[0].address: ${unknown}`,
      `brokers[0].alternativeAddresses[1]: ${unknown}`,
      `brokers[1].subject.locality: ${unknown}`,
      `directory: ${unknown}`,
      `duration: ${unknown}`,
    ]);
  });

  it.each<[string, Partial<BrokerPkiProps>, string]>([
    ["no broker", { brokers: [] }, "brokers: has no broker"],
    ["a property that there is not", { broker: [] } as never, "broker: is no property here"],
    ["neither files nor outputs", { files: false }, "files: leaves the fleet without files and without outputs"],
    ["an empty directory", { directory: "" }, "directory: is empty"],
    [
      "a directory that climbs out",
      { directory: "a/../../b" },
      "directory: climbs out of the directory where cdktf is run",
    ],
    [
      "a name for a folder that is too long for a file system",
      { brokers: brokers(`*.${Array.from({ length: 4 }, () => "a".repeat(61)).join(".")}.de`) },
      "brokers[0].address: is a folder name of 260 characters",
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
        'directory: "pki/ca.pem" is there with mode 0666, which a deployment would keep',
        'brokers[0].address: "pki/brokers/dir.example.com/server.key" is there and is not a file',
        'brokers[1].address: "pki/brokers/file.example.com" is a file',
        'brokers[2].address: "pki/brokers/link.example.com/server.pem" is there and is not a file',
        'brokers[3].address: "pki/brokers/loose.example.com/server.key" is there with mode 0640, which a deployment would keep',
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

  it("inside of a stack, since it makes one of its own", () => {
    const error = inNewDirectory(() =>
      refusal((app) => {
        const stack = new TerraformStack(app, "own");
        return new BrokerPki(stack, "mqtt", { authority: AUTHORITY, brokers: brokers("a.b") });
      }),
    );

    expect(error.message).toContain('scope: "own" is in a stack, and a fleet makes one of its own; pass the app');
  });

  it.each<[Custody, Custody, string]>([
    ["state", "state", "mqtt/mqtt/files"],
    ["machine", "machine", "mqtt/mqtt/authority"],
    ["machine", "state", "mqtt/mqtt/authority"],
    ["state", "machine", "mqtt/mqtt/files"],
  ])("where another fleet writes into the same directory: %s and %s", (first, second, owner) => {
    const error = inNewDirectory(() =>
      refusal((app) => {
        create(app, { custody: first });
        create(app, { custody: second, brokers: brokers("c.d"), directory: "./pki/" }, "second");
      }),
    );

    expect(error.message).toContain(`is the directory of "${owner}" already`);
  });
});

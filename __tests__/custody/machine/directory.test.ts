import { createHash, X509Certificate } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  App,
  CloudBackend,
  NamedCloudWorkspace,
  NamedRemoteWorkspace,
  RemoteBackend,
  S3Backend,
  TerraformOutput,
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
} from "../../../lib";
import { makeAuthority, type MadeAuthority, P384 } from "../../support/authorities";
import { conditionsOf, declaredOf, type Run, runsOf, shownOfAuthority } from "../../support/machine";
import { inNewDirectory, reasons, refusal, synthesize, Synthesized } from "../../support/synth";

const SUBJECT = { commonName: "Test CA" };

const IN_ITS_FILE_ALONE =
  'exists only in its file with custody "machine": a resource or an output would copy it into the state';

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

const RESOURCES = ["owner", "authority", "files", "brokers"].map((name) => `terraform_data.${name}`);

/** How the program is run, for all resources. */
function allRuns(stack: Synthesized): Run[] {
  return Object.keys(stack.resources).flatMap((address) => runsOf(stack, address));
}

describe("what is run", () => {
  const stack = fleet();

  it("is the program, by node, without a shell: once for the authority, for the brokers, and for a destroy", () => {
    const runs = ["owner", "authority", "files", "brokers"].map((name) => runsOf(stack, `terraform_data.${name}`));

    expect(runs.map((of) => of.map(({ interpreter: [node, , command], when }) => [node, command, when]))).toEqual([
      [["node", "remove", "destroy"]],
      [["node", "authority", undefined]],
      [],
      [["node", "brokers", undefined]],
    ]);
    for (const { interpreter, command } of runs.flat()) {
      expect(stack.assets).toHaveProperty([interpreter[1] ?? ""]);
      expect(stack.assets).toHaveProperty([command]);
    }
  });

  it("is the bundled program to the byte", () => {
    const [{ interpreter } = { interpreter: [] }] = allRuns(stack);
    const program = readFileSync(join(__dirname, "../../../lib/custody/machine/program.cjs"), "utf8");

    expect(stack.assets[interpreter[1] ?? ""]).toBe(program);
  });

  it("is told of the state, of the plan's time and decisions, and of the workspace", () => {
    const [remove, authority, brokers] = ["owner", "authority", "brokers"].flatMap((name) =>
      runsOf(stack, `terraform_data.${name}`),
    );

    for (const run of [authority, brokers]) {
      expect(run?.environment).toMatchObject({
        MQTT_PKI_STATE: "${terraform_data.owner.id}",
        MQTT_PKI_TIME: "${plantimestamp()}",
        MQTT_PKI_WORKSPACE: "${terraform.workspace}",
        MQTT_PKI_DECISIONS: expect.stringMatching(/^\$\{/) as string,
      });
    }
    // When it is destroyed, a resource knows itself alone.
    expect(remove?.environment["MQTT_PKI_STATE"]).toBe("${self.id}");
    expect(Object.keys(remove?.environment ?? {}).filter((name) => name.startsWith("MQTT_PKI_"))).toHaveLength(1);
  });

  it.each(["NODE_OPTIONS", "NODE_PATH", "NODE_EXTRA_CA_CERTS", "OPENSSL_CONF", "OPENSSL_MODULES"])(
    "does not obey %s",
    (name) => {
      for (const { environment } of allRuns(stack)) {
        expect(environment[name]).toBe("");
      }
    },
  );

  it("is the same for any number of brokers, and no text of a fleet's size is anywhere but in the file", () => {
    const addresses = ["a.b", "*.plant.example.com", "2001:db8::1", "192.0.2.10", "x.y"];
    const large = fleet({ brokers: addresses.map((address) => ({ address })) });

    expect(large.text).toBe(stack.text);
    expect(Object.keys(declaredOf(large).brokers)).toHaveLength(5);
  });

  it.each([
    'Smith, Jones & Co. = "S"',
    "$(touch owned)",
    "`touch owned`",
    "'; touch owned; '",
    "$HOME %HOME% 100%$",
    "$ENV::PATH # $ {0}",
    "-subj",
    "株式会社例",
    "a/CN=b",
    "a+OU=b",
    "a\\nb\\",
  ])("is told of the subject %j as it is, in the file alone", (organization) => {
    const subject = { organization };
    const awkward = fleet({ authority: { subject }, subject });
    const { authorities, brokers } = declaredOf(awkward);

    expect(allRuns(awkward).map(({ interpreter, command }) => [interpreter, command])).toEqual(
      allRuns(stack).map(({ interpreter, command }) => [interpreter, command]),
    );
    expect(authorities["1"]).toMatchObject({ attributes: { organization }, subject: `O=${organization}` });
    expect(brokers["brokers/a.b"]).toMatchObject({
      attributes: { organization, commonName: "a.b" },
      subject: `O=${organization}, CN=a.b`,
    });
    expect(shownOfAuthority(awkward)).toContain(`subject = ${JSON.stringify(`O=${organization}`)}`);
  });

  it.each(["${path.cwd}", "%{ if true }x%{ endif }"])("is not told of the subject %j, which is refused", (text) => {
    const subject = { organization: text };

    expect(() => fleet({ authority: { subject } })).toThrow("contains a Terraform expression");
    expect(() => fleet({ subject })).toThrow("contains a Terraform expression");
  });

  it.each(["$(touch owned)", "`touch owned`", "a; touch owned", "it's & that", "-rf"])(
    "is told of the directory %j as it is, in the file alone",
    (directory) => {
      const elsewhere = fleet({ directory });

      expect(allRuns(elsewhere).map(({ interpreter, command }) => [interpreter, command])).toEqual(
        allRuns(stack).map(({ interpreter, command }) => [interpreter, command]),
      );
      expect(declaredOf(elsewhere).directory).toBe(`../../../${directory}`);
    },
  );

  it("has a plain name, whatever the constructs are called", () => {
    const named = stackWith((own) => authorityIn(new Construct(own, "a; $(touch owned)"), "`b` 'c'"));
    const words = allRuns(named).flatMap(({ interpreter, command }) => [...interpreter, command]);

    expect(words).toHaveLength(3 * 4);
    for (const word of words) {
      expect(word).toMatch(/^[\w/.-]+$/);
    }
  });
});

describe("what is declared", () => {
  it("is the same to the byte for the same fleet, in whatever order its brokers are", () => {
    const brokers = ["c.d", "a.b", "2001:db8::1"].map((address) => ({ address }));
    const ordered = fleet({ brokers });

    expect(fleet({ brokers }).assets).toEqual(ordered.assets);
    expect(fleet({ brokers: brokers.toReversed() }).assets).toEqual(ordered.assets);
    expect(Object.keys(declaredOf(ordered).brokers)).toEqual(["brokers/2001-db8--1", "brokers/a.b", "brokers/c.d"]);
  });

  it("has a line for each broker, and a line more for one more", () => {
    const linesOf = (...addresses: string[]) => {
      const { assets } = fleet({ brokers: addresses.map((address) => ({ address })) });
      return Object.entries(assets).flatMap(([path, text]) =>
        path.endsWith("/declared.json") ? text.replaceAll(",\n", "\n").split("\n") : [],
      );
    };
    const [before, after] = [linesOf("a.b", "e.f"), linesOf("a.b", "c.d", "e.f")];

    expect(after.filter((line) => !before.includes(line))).toEqual([expect.stringMatching(/^"brokers\/c\.d": /)]);
    expect(before.filter((line) => !after.includes(line))).toEqual([]);
  });

  it("of a broker does not depend on other brokers, on the directory or on the authority", () => {
    const alone = declaredOf(fleet()).brokers;
    const other = {
      subject: { commonName: "Another CA" },
      keyAlgorithm: KeyAlgorithm.ECDSA_P384,
      duration: Duration.days(5000),
      permittedDomains: ["a.b"],
      pathLength: 0,
    };

    expect(declaredOf(fleet({ brokers: [{ address: "x.y" }, { address: "a.b" }] })).brokers).toMatchObject(alone);
    expect(declaredOf(fleet({ directory: "elsewhere" })).brokers).toEqual(alone);
    expect(declaredOf(fleet({ authority: other })).brokers).toEqual(alone);
  });

  it("does not depend on whether the fleet or the broker says it", () => {
    const own = { duration: Duration.days(100), keyAlgorithm: KeyAlgorithm.ED25519, keyVersion: 12 };

    expect(
      declaredOf(
        fleet({
          ...own,
          subject: { organization: "Example Ltd" },
          alternativeAddresses: ["192.0.2.1"],
          brokers: [{ address: "a.b", subject: { country: "DE" }, alternativeAddresses: ["c.d"] }],
        }),
      ),
    ).toEqual(
      declaredOf(
        fleet({
          brokers: [
            {
              ...own,
              address: "a.b",
              subject: { organization: "Example Ltd", country: "DE" },
              alternativeAddresses: ["c.d", "192.0.2.1"],
            },
          ],
        }),
      ),
    );
  });
});

describe("what a plan shows", () => {
  it("of an authority is what is declared of it, and its token", () => {
    const shown = (props: object) => shownOfAuthority(fleet({ authority: { subject: SUBJECT, ...props } }));

    expect(shown({})).toMatch(
      /^\$\{jsonencode\(\{"1" = \{subject = "CN=Test CA", key = "RSA-2048", validity = "3650 days", token = .*\}\}\)\}$/,
    );
    expect(shown({ permittedDomains: ["a.b", "c.d"], pathLength: 0 })).toContain(
      'permitted_domains = "a.b, c.d", path_length = "0"',
    );
    expect(shown({ passwordVariable: "ca_password", passwordVersion: 3 })).toContain(
      'password = "ca_password/3/600000"',
    );
    expect(shown({})).not.toContain("password");
  });

  it("of brokers is what is declared of each, and what is removed", () => {
    const shown = String(fleet().json.locals?.["brokers_shown"]);

    for (const field of ["subject", "names", "key", "validity"]) {
      expect(shown).toContain(`${field} = server.${field}`);
    }
    expect(shown).toContain("token = ");
    expect(shown).toContain("{removed = local.brokers_removed}");
  });
});

describe("a password", () => {
  const broker = { address: "a.b", passwordVariable: "broker_password" };

  it("is declared by the name of its variable, its version and its iterations", () => {
    const password = (own: object) =>
      declaredOf(fleet({ brokers: [{ ...broker, ...own }] })).brokers["brokers/a.b"]?.password;

    expect(password({})).toBe("broker_password/1/2048");
    expect(password({ passwordVersion: 2 })).toBe("broker_password/2/2048");
    expect(password({ passwordVariable: "other" })).toBe("other/1/2048");
    expect(password({ passwordIterations: 600_000 })).toBe("broker_password/1/600000");
    expect(declaredOf(fleet()).brokers["brokers/a.b"]?.password).toBe("");
  });

  it("is in nothing that is run", () => {
    const authority = { subject: SUBJECT, passwordVariable: "ca_password" };
    const run = (stack: Synthesized) => allRuns(stack).map(({ interpreter, command }) => [interpreter, command]);

    expect(run(fleet({ authority, brokers: [broker] }))).toEqual(run(fleet()));
  });
});

describe("an authority that is not to be lost", () => {
  /** What is refused of a generation. */
  const refusals = (stack: Synthesized) =>
    conditionsOf(stack, "terraform_data.authority").filter(({ error_message }) =>
      error_message.includes("would be replaced"),
    );

  it("is compared with its record: its key, what its certificate says, and whether that is over", () => {
    const stack = fleet();
    const [refusal, ...others] = refusals(stack);
    const { key, intent } = declaredOf(stack).authorities["1"] ?? { key: "", intent: "" };

    expect(others).toEqual([]);
    expect(refusal?.condition).toContain(`r.key == "${key}"`);
    expect(refusal?.condition).toContain(`r.intent == "${intent}"`);
    expect(refusal?.condition).toContain("timecmp(plantimestamp(), r.not_after) < 0");
    expect(refusal?.error_message).toMatch(/^pki\/ca\.pem would be replaced.*preventDestroy: false\.$/);
  });

  it("may be replaced where it says so, each generation by itself", () => {
    const second = { generation: 2, subject: { commonName: "Second CA" } };
    const stack = fleet({ authority: [{ subject: SUBJECT, preventDestroy: false }, second], signingGeneration: 1 });

    expect(refusals(stack)).toMatchObject([
      { error_message: expect.stringMatching(/^pki\/authorities\/2\/ca\.pem would be replaced/) as string },
    ]);
    expect(refusals(fleet({ authority: { subject: SUBJECT, preventDestroy: false } }))).toEqual([]);
  });

  it("says nothing of that to who makes it", () => {
    expect(declaredOf(fleet({ authority: { subject: SUBJECT, preventDestroy: false } }))).toEqual(declaredOf(fleet()));
  });
});

describe("the directory", () => {
  const stack = fleet();

  it("belongs to the state that made it, whatever is in it later", () => {
    const owner = stack.resources["terraform_data.owner"];

    expect(owner?.["lifecycle"]).toMatchObject({ ignore_changes: ["input"] });
    expect(
      conditionsOf(stack, "terraform_data.owner", "postcondition").map(({ error_message }) => error_message),
    ).toEqual([
      expect.stringMatching(/^pki belongs to \$\{self\.input\}\..*create an empty file pki\/take-over\.$/),
      expect.stringMatching(/^pki now belongs to \$\{local\.files_owner\.name\}\./),
    ]);
  });

  it("is looked at in this order: whose it is, the authority, the guard, the brokers", () => {
    expect(RESOURCES.map((address) => stack.resources[address]?.["depends_on"])).toEqual([
      undefined,
      ["terraform_data.owner"],
      ["terraform_data.authority"],
      ["terraform_data.files"],
    ]);
  });

  it("is guarded against foreign files, ends behind the authority's, and a generation that signs too early", () => {
    const messages = conditionsOf(stack, "terraform_data.files").map(({ error_message }) => error_message);

    expect(messages).toEqual([
      expect.stringContaining("was not made for this fleet"),
      expect.stringContaining("would expire after their authority's"),
      expect.stringContaining("would sign for brokers in the deployment that makes it"),
    ]);
  });

  it("is guarded against a state of the other custody, and a machine without the authority's key", () => {
    const conditions = conditionsOf(stack, "terraform_data.files", "postcondition");

    expect(stack.resources["terraform_data.files"]?.["input"]).toBe("machine");
    expect(conditions[0]?.condition).toBe('${self.input == "machine"}');
    expect(conditions[1]?.condition).toContain("ca.key");
    expect(conditions[1]?.error_message).toContain("pki/ca.key is not on this machine");
  });

  it("is looked at by a plan, and not where the text is only validated", () => {
    const reads = [...stack.text.matchAll(/fileset\(\\"([^"]*)\\"/g)].map(([, path]) => path);

    expect(reads.length).toBeGreaterThan(0);
    for (const path of reads) {
      expect(path).toContain("plantimestamp()");
    }
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
  const declared = (authority: BrokerPkiProps["authority"]) => declaredOf(fleet({ authority })).authorities["1"];
  const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

  it("is declared with its certificates, and where its key is", () => {
    expect(declared(ofSigner())).toEqual({
      key: "none",
      intent: expect.stringMatching(`^[\\da-f]{64}/${sha256(root.certificatePem)}$`) as string,
      password: "",
      digest: "sha384",
      certificate: signer.certificatePem,
      chain: signer.certificatePem,
      trust_anchor: root.certificatePem,
      not_after: endOf(signer),
      fingerprint: sha256(`${signer.certificatePem}${signer.certificatePem}`),
      key_file: signer.keyFile,
    });
    expect(declared(ofRoot())).toMatchObject({ chain: "", digest: "sha256", trust_anchor: root.certificatePem });
  });

  it("has its key or its password in a variable, which is declared by its name", () => {
    expect(declared({ certificatePem: root.certificatePem, keyVariable: "authority_key" })).toMatchObject({
      key_variable: "authority_key",
    });
    const keyFile = "elsewhere/ca.key";
    expect(declared({ ...ofRoot(), keyFile, passwordVariable: "p" })).toMatchObject({
      key_file: `../../../${keyFile}`,
      password_variable: "p",
    });
    expect(declared(ofRoot())).not.toHaveProperty("key_variable");
    expect(declared(ofRoot())).not.toHaveProperty("password_variable");
  });

  it("keeps who it is with another certificate of the same root", () => {
    const renewed = makeAuthority(folder, "renewed", { subject: "/CN=root", keyOf: root, days: 4000 });
    const [before, after] = [declared(ofRoot()), declared({ ...ofRoot(), certificatePem: renewed.certificatePem })];
    const partsOf = (one: typeof before) => one?.intent.split("/") ?? [];

    expect(partsOf(after)[0]).toBe(partsOf(before)[0]);
    expect(partsOf(after)[1]).not.toBe(partsOf(before)[1]);
  });

  it("shows in a plan what signs, and until when", () => {
    const shown = shownOfAuthority(fleet({ authority: ofSigner() }));

    expect(shown).toContain(`key = "${signer.keyFile}"`);
    expect(shown).toContain(`certificate = "${sha256(`${signer.certificatePem}${signer.certificatePem}`)}"`);
    expect(shown).toContain(`not_after = "${endOf(signer)}"`);
    expect(shownOfAuthority(fleet({ authority: { certificatePem: root.certificatePem, keyVariable: "k" } }))).toContain(
      'key = "var.k"',
    );
  });

  it("leaves what is declared of a broker as it is", () => {
    expect(declaredOf(fleet({ authority: ofSigner() })).brokers).toEqual(declaredOf(fleet()).brokers);
  });

  it("must have its key here when a plan is made, but for one in a variable", () => {
    const { keyFile } = root;
    const { text } = fleet({ authority: ofRoot() });

    expect(text).toContain(`fileexists(\\"${keyFile}`);
    expect(text).toContain(`${keyFile} is not on this machine`);
    expect(text).not.toContain("ca.key is not on this machine");
    expect(fleet().text).toContain("pki/ca.key is not on this machine");
    const inVariable = fleet({ authority: { certificatePem: root.certificatePem, keyVariable: "k" } }).text;
    expect(inVariable.match(/is not on this machine/g)).toHaveLength(1);
  });

  it("must have the directory here that its state was made with, which owner.json tells", () => {
    expect(fleet({ authority: ofRoot() }).text).toContain("pki/owner.json is not on this machine");
    expect(fleet().text).not.toContain("owner.json is not on this machine");
  });

  it("has no ca.key to guard, and a ca.pem of another not written over", () => {
    const messages = (authority: BrokerPkiProps["authority"]) =>
      JSON.stringify(conditionsOf(fleet({ authority }), "terraform_data.authority"));

    expect(messages(ofRoot())).not.toContain("ca.key");
    expect(messages(ofRoot())).toContain("pki/ca.pem exists and is not the root of the declared authority");
    expect(messages({ subject: SUBJECT })).toContain("pki/ca.key is not the key in its record");
  });

  function endOf({ certificatePem }: MadeAuthority): string {
    return new Date(new X509Certificate(certificatePem).validTo).toISOString().replace(".000Z", "Z");
  }
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

describe("a certificate in another stack", () => {
  /** What the stack `other` has where `declare` puts an authority's certificate into it. */
  function stacksWith(declare: (authority: CertificateAuthority, other: TerraformStack) => unknown) {
    return inNewDirectory(() =>
      synthesize((app) => {
        declare(authorityIn(new TerraformStack(app, "own")), new TerraformStack(app, "other"));
      }),
    );
  }

  it.each<[string, (authority: CertificateAuthority, other: TerraformStack) => unknown]>([
    ["an output", (authority, other) => new TerraformOutput(other, "ca", { value: authority.certificatePem })],
    ["our outputs", (authority, other) => new PemOutputs(other, "o", { authority, servers: [], authorityKey: false })],
    [
      "files",
      (authority, other) => {
        new PemDirectory(other, "files", { path: "copy" }).addAuthority(authority, { key: false });
      },
    ],
  ])("comes from the state of its own, once: %s", (_what, declare) => {
    const { own, other } = stacksWith(declare);
    const [output = "", block] = Object.entries(own?.json.output ?? {})[0] ?? [];
    const value = block?.["value"];

    expect(other?.text).toContain(`.outputs.${output}}`);
    expect(value).toMatch(/^\$\{local\.\w+\}$/);
    const content = own?.json.locals?.[String(value).slice("${local.".length, -1)];
    expect(content).toMatch(/^\$\{file\(.*pki\/\.\/ca\.pem/);
    expect(other?.text).not.toContain("ca.pem\\$");
  });

  it("is deployed after its own", () => {
    const order = inNewDirectory(() => {
      const app = new App();
      const authority = authorityIn(new TerraformStack(app, "own"));
      new TerraformOutput(new TerraformStack(app, "other"), "ca", { value: authority.certificatePem });
      app.synth();
      return app.manifest.stacks["other"]?.dependencies;
    });

    expect(order).toEqual(["own"]);
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
      'custody "machine" keeps private keys on the machine that applies, and this backend applies on temporary machines',
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
        ": exists and is not a file",
        ": exists with mode 0640, which a deployment would keep",
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

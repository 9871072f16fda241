import { type BrokerPkiProps, type Custody } from "../../../lib";
import { inNewDirectory, refusal, type Synthesized } from "../../support/synth";
import { AUTHORITY, fleet, brokers, refused, create, PASSWORDS } from "./support";

describe.each<[Custody]>([["state"], ["machine"]])('Passwords with custody "%s"', (custody) => {
  const declaration = (props: Partial<BrokerPkiProps> = {}) =>
    fleet({ ...PASSWORDS, custody, brokers: brokers("a.b", "c.d", "e.f"), ...props });

  it("Passwords come in variables, one for each name, that are in no plan and must not be empty", () => {
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

  it("Passwords need an engine with ephemeral variables", () => {
    expect(declaration().json.terraform.required_version).toBe(">= 1.11");
  });

  it("Passwords may all be the same one", () => {
    const { json } = declaration({
      authority: { ...AUTHORITY, passwordVariable: "shared" },
      passwordVariable: "shared",
      brokers: [{ address: "a.b" }, { address: "c.d", passwordVariable: "shared", passwordVersion: 2 }],
    });

    expect(Object.keys(json.variable ?? {})).toEqual(["shared"]);
  });

  it("Passwords have variables only in the stacks that use them", () => {
    const { json } = declaration({
      authority: AUTHORITY,
      brokers: [
        { address: "a.b", passwordVariable: false },
        { address: "c.d", passwordVariable: "own" },
      ],
    });

    expect(Object.keys(json.variable ?? {})).toEqual(["own"]);
  });

  it("Passwords are in no text, although they are in the environment", () => {
    process.env["TF_VAR_ca_password"] = "s3cret-of-the-authority";
    process.env["TF_VAR_broker_password"] = "s3cret-of-the-brokers";
    try {
      expect(declaration().wholeText).not.toContain("s3cret");
    } finally {
      delete process.env["TF_VAR_ca_password"];
      delete process.env["TF_VAR_broker_password"];
    }
  });

  it("A fleet without passwords has nothing of them in its text", () => {
    const without = declaration({ authority: AUTHORITY, passwordVariable: false });
    const { json } = without;

    expect(without).toEqual(fleet({ custody, brokers: brokers("a.b", "c.d", "e.f") }));
    expect(json).not.toHaveProperty("variable");
    expect(json).not.toHaveProperty("data");
    expect(json.terraform.required_version).toBe(">= 1.5");
    expect(Object.keys(json.resource?.["local_file"] ?? {}).filter((name) => name.startsWith("protected"))).toEqual([]);
    expect(Object.keys(without.assets).filter((path) => path.endsWith("key-password.sh"))).toEqual([]);
  });

  it("Passwords give the same text in any order of declaration", () => {
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
  ])("Passwords are refused with %s", (_what, props, expected) => {
    expect(refused({ ...PASSWORDS, custody, ...props })).toEqual(expected);
  });
});

describe('Passwords with custody "state"', () => {
  const { resources, dataSources, assets } = fleet({
    ...PASSWORDS,
    brokers: [
      { address: "a.b", passwordVersion: 2 },
      { address: "c.d", passwordVariable: false },
    ],
  });

  it('A password is put on a key before the key is written, with custody "state"', () => {
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

  it('Passwords are hashed 600,000 times for an authority, or as often as declared, with custody "state"', () => {
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

  it('A password has a record once its file is written, with custody "state"', () => {
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

  it('A password changes neither keys without one nor the signing key, with custody "state"', () => {
    const plain = fleet({ brokers: brokers("a.b", "c.d") }).resources;

    for (const address of Object.keys(plain).filter((one) => one.startsWith("tls_") || one.endsWith("c_d"))) {
      expect(resources[address]).toEqual(plain[address]);
    }
    expect(Object.keys(dataSources).sort()).toEqual(["local_command.authority", "local_command.broker_a_b"]);
  });

  it('Passwords protect files, not outputs, with custody "state"', () => {
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

  it('Passwords need files, with custody "state"', () => {
    const hidden = { files: false, outputs: true };
    const reason = "files: leaves no files for reloadCommand to hand out";

    expect(refused({ ...hidden, reloadCommand: "true" })).toEqual([reason]);
    expect(refused({ ...hidden, brokers: [{ address: "a.b", reloadCommand: "true" }] })).toEqual([reason]);
    expect(() =>
      fleet({ ...hidden, reloadCommand: "true", brokers: [{ address: "a.b", reloadCommand: false }] }),
    ).not.toThrow();
  });

  it('A fleet without any password may have outputs, with custody "state"', () => {
    const { json } = fleet({
      passwordVariable: "p",
      outputs: true,
      brokers: [{ address: "a.b", passwordVariable: false }],
    });

    expect(Object.keys(json.output ?? {}).sort()).toEqual(["ca_key", "ca_pem", "server_certificates", "server_keys"]);
  });

  it('A password for an authority\'s key that is not written is refused, with custody "state"', () => {
    expect(refused({ ...PASSWORDS, exportAuthorityKey: false })).toEqual([
      "authority.passwordVariable: is for ca.key, which is not written",
    ]);
    expect(
      Object.keys(
        fleet({ ...PASSWORDS, authority: AUTHORITY, exportAuthorityKey: false, brokers: brokers("a.b") }).dataSources,
      ),
    ).toEqual(["local_command.broker_a_b"]);
  });

  it('A password instead of the name of a variable is not shown, with custody "state"', () => {
    const error = inNewDirectory(() =>
      refusal((app) =>
        create(app, { authority: { ...AUTHORITY, passwordVariable: "s3cret!" }, exportAuthorityKey: false }),
      ),
    );

    expect(error.message).toContain("authority.passwordVariable");
    expect(error.message).not.toContain("s3cret");
  });
});

import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "cdktf";
import { type BrokerPkiProps, type Custody, Duration } from "../../../lib";
import { type AuthorityOptions, makeAuthority, type MadeAuthority, openssl } from "../../support/authorities";
import { problemsOf } from "../../support/problems";
import { inNewDirectory, reasons, refusal } from "../../support/synth";
import { AUTHORITY, OF_MACHINE, fleet, declared, brokers, refused, create } from "./support";

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

describe("An imported authority of a fleet", () => {
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

  describe('An imported authority with custody "state"', () => {
    it('An imported authority with custody "state" always has these resource addresses', () => {
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

    it('An imported authority with custody "state" signs with its key; clients get the root, servers the rest', () => {
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

    it('A server certificate is alone in its file if the imported root signs, with custody "state"', () => {
      const { resources, json } = importedBy(ofRoot());

      expect(json.locals).not.toHaveProperty("authority_chain");
      expect(resources["local_file.broker_a_b"]).toMatchObject({
        content: "${tls_locally_signed_cert.broker_a_b.cert_pem}",
      });
    });

    it('An imported key is read in the plan as a secret, and compared with its certificate, with custody "state"', () => {
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

    it('An imported key in a variable is sensitive, and the state has it, with custody "state"', () => {
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

    it('An imported key with a password is unlocked for a key of the state, with custody "state"', () => {
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

    it('A fleet with an imported authority has outputs without its key, with custody "state"', () => {
      const { json } = importedBy(ofIntermediate(), { outputs: true });

      expect(json.output).not.toHaveProperty("ca_key");
      expect(json.output).toMatchObject({
        ca_pem: { value: "${local.authority_trust_anchor}" },
        server_certificates: {
          value: { "a.b": "${tls_locally_signed_cert.broker_a_b.cert_pem}${local.authority_chain}" },
        },
      });
    });

    it("An imported key may have its own password together with outputs, which do not have that key", () => {
      const authority = { ...ofRoot(), keyFile: protectedKey(root), passwordVariable: "ca_password" };

      expect(importedBy(authority, { outputs: true, files: false }).json.output).toHaveProperty("server_keys");
    });
  });

  describe('An imported authority with custody "machine"', () => {
    const machine = { custody: "machine" } as const;

    it('An imported authority with custody "machine" always has the resource addresses of one that is made here', () => {
      expect(Object.keys(importedBy(ofIntermediate(), machine).resources).sort()).toEqual(OF_MACHINE);
    });

    it('An imported authority with custody "machine" needs no provider, and no variable for a key file without password', () => {
      const { json } = importedBy(ofIntermediate(), machine);

      for (const property of ["provider", "data", "variable"]) {
        expect(json).not.toHaveProperty(property);
      }
      expect(json.terraform).not.toHaveProperty("required_providers");
    });

    it('An imported authority with custody "machine" has its certificates next to the stack, and its key nowhere', () => {
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
    ])(
      'An imported authority with custody "machine" has %s in a variable that is in no plan',
      (_what, authority, variable) => {
        const { json } = importedBy(authority(), machine);

        expect(Object.keys(json.variable ?? {})).toEqual([variable]);
        expect(json.variable?.[variable]).toMatchObject({ ephemeral: true, sensitive: true, default: "" });
        expect(json.terraform.required_version).toBe(">= 1.11");
      },
    );
  });

  it.each<[Custody]>([["state"], ["machine"]])(
    'An imported authority has no key to export, with custody "%s"',
    (custody) => {
      const props = { authority: ofRoot(), custody };

      expect(refused({ ...props, exportAuthorityKey: true })).toEqual([
        "exportAuthorityKey: is not possible for an imported authority: its key stays where it is",
      ]);
      expect(refusedOrNot({ ...props, exportAuthorityKey: false })).toEqual([]);
    },
  );

  it.each<[Custody]>([["state"], ["machine"]])(
    'An imported authority ignores any file at the place of ca.key, with custody "%s"',
    (custody) => {
      inNewDirectory(() => {
        mkdirSync("pki/ca.key", { recursive: true });

        expect(() => declared({ authority: ofRoot(), custody, brokers: brokers("a.b") })).not.toThrow();
        expect(reasons(refusal((app) => create(app, { custody })))).toEqual(["directory: exists and is not a file"]);
      });
    },
  );

  it.each<[Custody]>([["state"], ["machine"]])(
    'An imported authority is refused at its path, with custody "%s"',
    (custody) => {
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
    },
  );

  it.each(["subject", "keyAlgorithm", "duration", "permittedDomains", "pathLength", "passwordVersion", "password"])(
    "An imported authority does not have the property %s",
    (name) => {
      expect(refused({ authority: { ...ofRoot(), [name]: null } })).toEqual([
        `authority.${name}: is not a known property`,
      ]);
    },
  );

  it("An authority is made here if the properties of an imported one are undefined", () => {
    const authority = { ...AUTHORITY, certificateFile: undefined, keyFile: undefined } as never;

    expect(refusedOrNot({ authority })).toEqual([]);
  });

  it("An imported authority must expire after the certificates that it signs, to the day", () => {
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
    'An imported authority signs only for permitted domains, with custody "%s"',
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

  it("A broker dialled by IP address has no common name below an imported authority with permitted domains", () => {
    const limited = make({ extensions: { nameConstraints: "critical, permitted;DNS:plant.example.com" } });
    const authority = { certificateFile: limited.certificateFile, keyFile: limited.keyFile };

    expect(
      importedBy(authority, { brokers: brokers("192.0.2.1") }).resources["tls_cert_request.broker_192_0_2_1"],
    ).not.toHaveProperty("subject");
  });

  it("An imported authority must have another name than each broker's certificate", () => {
    const named = make({ subject: "/CN=a.b" });
    const authority = { certificateFile: named.certificateFile, keyFile: named.keyFile };

    expect(refused({ authority })).toEqual([
      "brokers[0].address: gives the certificate the subject of its authority: clients cannot tell them apart",
    ]);
  });

  it("An imported authority has files by a path that is the same everywhere", () => {
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

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TlsProvider } from "@cdktf/provider-tls/lib/provider";
import { TerraformOutput, TerraformStack } from "cdktf";
import { CertificateAuthority, type CertificateAuthorityProps, KeyAlgorithm, PemDirectory } from "../../lib";
import { makeAuthority, type MadeAuthority } from "../support/authorities";
import { declaredOf } from "../support/machine";
import { inNewDirectory, reasons, refusal, Synthesized, synthesize } from "../support/synth";

const SUBJECT = { commonName: "Test CA" };

function stackWith(declare: (stack: TerraformStack) => void): Synthesized {
  const stacks = inNewDirectory(() =>
    synthesize((app) => {
      declare(new TerraformStack(app, "own"));
    }),
  );
  return stacks["own"] ?? new Synthesized("");
}

function refused(props: unknown): string[] {
  return inNewDirectory(() =>
    reasons(
      refusal(
        (app) => new CertificateAuthority(new TerraformStack(app, "own"), "ca", props as CertificateAuthorityProps),
      ),
    ),
  );
}

describe("CertificateAuthority in a user's stack", () => {
  it("CertificateAuthority has an RSA 2048 key and a root certificate for 3650 days by default", () => {
    const { json } = stackWith((stack) => new CertificateAuthority(stack, "ca", { subject: SUBJECT }));
    const [key] = Object.values(json.resource?.["tls_private_key"] ?? {});
    const [certificate] = Object.values(json.resource?.["tls_self_signed_cert"] ?? {});

    expect(key).toMatchObject({ algorithm: "RSA", rsa_bits: 2048 });
    expect(certificate).toMatchObject({
      is_ca_certificate: true,
      set_subject_key_id: true,
      allowed_uses: ["cert_signing", "crl_signing"],
      validity_period_hours: 3650 * 24,
      subject: [{ common_name: "Test CA" }],
    });
  });

  it("CertificateAuthority has the declared resource name", () => {
    const { resources } = stackWith(
      (stack) => new CertificateAuthority(stack, "ca", { subject: SUBJECT, resourceName: "plant" }),
    );

    expect(Object.keys(resources)).toEqual(["tls_private_key.plant", "tls_self_signed_cert.plant"]);
  });

  it("CertificateAuthority protects its key and certificate from destruction, unless preventDestroy is false", () => {
    const lifecycles = (props: Partial<CertificateAuthorityProps>) =>
      Object.values(
        stackWith((stack) => new CertificateAuthority(stack, "ca", { subject: SUBJECT, ...props })).resources,
      ).map(({ lifecycle }) => lifecycle);

    expect(lifecycles({})).toEqual([{ prevent_destroy: true }, { prevent_destroy: true }]);
    expect(lifecycles({ preventDestroy: false })).toEqual([{ prevent_destroy: false }, { prevent_destroy: false }]);
    expect(refused({ subject: SUBJECT, preventDestroy: 1 })).toEqual(["preventDestroy: is neither true nor false"]);
  });

  it("CertificateAuthority gets different derived names for ids that differ only in a dot", () => {
    const { resources } = stackWith((stack) => {
      new CertificateAuthority(stack, "a.b", { subject: SUBJECT });
      new CertificateAuthority(stack, "ab", { subject: SUBJECT });
    });

    expect(Object.keys(resources)).toHaveLength(4);
  });

  it("CertificateAuthority adds the tls provider, unless the stack has one", () => {
    const without = stackWith((stack) => new CertificateAuthority(stack, "ca", { subject: SUBJECT }));
    const withOne = stackWith((stack) => {
      new TlsProvider(stack, "mine", { proxy: [{ url: "https://proxy.example.com" }] });
      new CertificateAuthority(stack, "ca", { subject: SUBJECT });
      new CertificateAuthority(stack, "second", { subject: SUBJECT });
    });

    expect(without.json.provider?.["tls"]).toEqual([{}]);
    expect(withOne.json.provider?.["tls"]).toEqual([{ proxy: [{ url: "https://proxy.example.com" }] }]);
  });

  it('CertificateAuthority has its own directory only with custody "machine"', () => {
    const props = { subject: SUBJECT, directory: "pki" };
    const reason = 'directory: is only for custody "machine"';

    expect(refused(props)).toEqual([reason]);
    expect(refused({ ...props, custody: "state" })).toEqual([reason]);
    expect(refused({ subject: SUBJECT, custody: "machine", directory: "../pki" })).toEqual([
      "directory: is outside the directory where cdktf runs",
    ]);
  });

  it("CertificateAuthority is refused with every problem of its props", () => {
    expect(
      refused({
        subject: { country: "USA", state: "Texas" },
        keyAlgorithm: KeyAlgorithm.fromName("DSA"),
        ttl: 3,
      }).sort(),
    ).toEqual([
      "keyAlgorithm: is not a supported key algorithm",
      "subject.country: is not two letters",
      "subject.state: is not an attribute of a subject",
      "ttl: is not a known property",
    ]);
  });

  it("CertificateAuthority is refused with an invalid resource name, or one that is in use", () => {
    expect(refused({ subject: SUBJECT, resourceName: "1st" })).toEqual([
      ": is not a valid name for a Terraform resource",
    ]);
    const twice = inNewDirectory(() =>
      refusal((app) => {
        const stack = new TerraformStack(app, "own");
        new CertificateAuthority(stack, "one", { subject: SUBJECT, resourceName: "ca" });
        new CertificateAuthority(stack, "two", { subject: SUBJECT, resourceName: "ca" });
      }),
    );
    expect(twice.message).toContain('"tls_private_key.ca" already exists in this stack');
  });
});

describe('CertificateAuthority with custody "machine" in a user\'s stack', () => {
  const props = { subject: SUBJECT, custody: "machine" } as const;

  it('CertificateAuthority with custody "machine" has only built-in resources and no provider', () => {
    const { resources, json } = stackWith(
      (stack) => new CertificateAuthority(stack, "ca", { ...props, directory: "ca" }),
    );

    expect(Object.values(json.resource ?? {}).map((named) => Object.keys(named).length)).toEqual([4]);
    expect(Object.keys(resources).every((address) => address.startsWith("terraform_data."))).toBe(true);
    expect(json).not.toHaveProperty("provider");
    expect(json.terraform).not.toHaveProperty("required_providers");
  });

  it('CertificateAuthority with custody "machine" has the declared resource name, or a derived one', () => {
    const named = stackWith((stack) => new CertificateAuthority(stack, "ca", { ...props, resourceName: "plant" }));
    const unnamed = stackWith((stack) => new CertificateAuthority(stack, "ca", props));

    expect(Object.keys(named.resources)).toContain("terraform_data.plant");
    expect(Object.keys(unnamed.resources)).toHaveLength(4);
  });

  it('CertificateAuthority with custody "machine" has its files in pki by default', () => {
    const inDirectory = (directory: object) =>
      stackWith((stack) => new CertificateAuthority(stack, "ca", { ...props, ...directory })).resources;

    expect(inDirectory({})).toEqual(inDirectory({ directory: "./pki/" }));
    expect(inDirectory({})).not.toEqual(inDirectory({ directory: "other" }));
  });

  it.each([
    ["named by cdktf", {}, {}],
    [
      "with resource names",
      { resourceName: "one", directoryResourceName: "one_files" },
      { resourceName: "two", directoryResourceName: "two_files" },
    ],
  ])(
    'CertificateAuthority with custody "machine" allows another authority with another directory: %s',
    (_how, first, second) => {
      const { resources } = stackWith((stack) => {
        new CertificateAuthority(stack, "one", { ...props, ...first, directory: "one" });
        new CertificateAuthority(stack, "two", { ...props, ...second, directory: "two" });
      });

      expect(Object.keys(resources)).toHaveLength(8);
    },
  );

  it("CertificateAuthority is refused in the directory of another authority, in any stack", () => {
    const error = inNewDirectory(() =>
      refusal((app) => {
        new CertificateAuthority(new TerraformStack(app, "first"), "one", props);
        new CertificateAuthority(new TerraformStack(app, "second"), "two", { ...props, directory: "x/../pki" });
      }),
    );

    expect(error.message).toContain('already belongs to "first/one"');
  });

  it('CertificateAuthority with custody "machine" has its certificate as a token', () => {
    const { json } = stackWith((stack) => {
      const authority = new CertificateAuthority(stack, "ca", { ...props, resourceName: "ca" });
      new TerraformOutput(stack, "trust", { value: authority.certificatePem, staticId: true });
    });

    expect(json.output?.["trust"]?.["value"]).toMatch(
      /^\$\{file\(.*"\.\.\/\.\.\/\.\.\/pki\/\.\/ca\.pem\$\{.*terraform_data\.ca\.id.*\}"\)\}$/,
    );
  });
});

describe("The password of an authority's key in a user's stack", () => {
  const password = { passwordVariable: "ca_password", passwordVersion: 2 };

  it("The password of an authority protects its file, not the key as a token", () => {
    const withOne = (declare: (authority: CertificateAuthority, stack: TerraformStack) => void) =>
      stackWith((stack) => {
        const authority = new CertificateAuthority(stack, "ca", { subject: SUBJECT, resourceName: "ca", ...password });
        declare(authority, stack);
      });
    const asToken = withOne((authority, stack) => {
      new TerraformOutput(stack, "key", { value: authority.privateKeyPem, sensitive: true, staticId: true });
    });
    const asFile = withOne((authority, stack) => {
      new PemDirectory(stack, "files").addAuthority(authority, { resourceName: "ca" });
    });

    expect(asToken.json.output?.["key"]?.["value"]).toBe("${tls_private_key.ca.private_key_pem_pkcs8}");
    expect(asToken.json).not.toHaveProperty("variable");
    expect(asFile.resources["local_sensitive_file.ca"]).toMatchObject({ content: "${data.local_command.ca.stdout}" });
    expect(Object.keys(asFile.json.variable ?? {})).toEqual(["ca_password"]);
  });

  it('The password of an authority is declared with custody "machine" by name, version and iterations', () => {
    const stack = stackWith(
      (stack) =>
        new CertificateAuthority(stack, "ca", {
          subject: SUBJECT,
          custody: "machine",
          resourceName: "ca",
          ...password,
        }),
    );

    expect(declaredOf(stack).authorities["1"]).toMatchObject({ password: "ca_password/2/600000" });
    expect(Object.keys(stack.json.variable ?? {})).toEqual(["ca_password"]);
  });

  it("The password of an authority is refused with every problem of its props", () => {
    expect(refused({ subject: SUBJECT, passwordVariable: "a b", passwordVersion: -1 }).sort()).toEqual([
      "passwordVariable: is not the name of a Terraform variable",
      "passwordVersion: is not a version",
    ]);
  });
});

describe("An imported authority in a user's stack", () => {
  let folder: string;
  let root: MadeAuthority;
  let signer: MadeAuthority;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "authorities-"));
    root = makeAuthority(folder, "root");
    signer = makeAuthority(folder, "signer", { issuer: root });
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const files = () => ({ certificateFile: root.certificateFile, keyFile: root.keyFile });
  const pems = () => ({
    certificatePem: `${signer.certificatePem}${root.certificatePem}`,
    keyVariable: "authority_key",
  });
  const refusedFiles = (props: object) =>
    inNewDirectory(() =>
      reasons(
        refusal((app) =>
          CertificateAuthority.fromFiles(new TerraformStack(app, "own"), "ca", {
            ...files(),
            ...props,
          }),
        ),
      ),
    );
  const refusedPems = (props: object) =>
    inNewDirectory(() =>
      reasons(
        refusal((app) =>
          CertificateAuthority.fromPem(new TerraformStack(app, "own"), "ca", {
            ...pems(),
            ...props,
          }),
        ),
      ),
    );

  it("An imported authority is a data source that reads its key, and no resource", () => {
    const { json, resources } = stackWith((stack) => CertificateAuthority.fromFiles(stack, "ca", files()));

    expect(resources).toEqual({});
    expect(Object.keys(json.data ?? {})).toEqual(["tls_public_key"]);
    expect(json.provider?.["tls"]).toEqual([{}]);
    expect(json.provider).not.toHaveProperty("local");
  });

  it("An imported authority has the declared resource name", () => {
    const { json, dataSources } = stackWith((stack) =>
      CertificateAuthority.fromPem(stack, "ca", { ...pems(), resourceName: "plant" }),
    );

    expect(Object.keys(dataSources)).toEqual(["tls_public_key.plant"]);
    expect(Object.keys(json.locals ?? {}).sort()).toEqual(["plant_certificate", "plant_chain", "plant_trust_anchor"]);
  });

  it("Two imported authorities fit into one stack, and may share a variable", () => {
    const { json, dataSources } = stackWith((stack) => {
      CertificateAuthority.fromFiles(stack, "a.b", files());
      CertificateAuthority.fromPem(stack, "ab", pems());
      CertificateAuthority.fromPem(stack, "a-b", pems());
    });

    expect(Object.keys(dataSources)).toHaveLength(3);
    expect(Object.keys(json.locals ?? {})).toHaveLength(2 + 3 + 3);
    expect(Object.keys(json.variable ?? {})).toEqual(["authority_key"]);
  });

  it('An imported authority has its root as text with custody "state", and as a token with custody "machine"', () => {
    const trust = (custody: "state" | "machine") =>
      stackWith((stack) => {
        const authority = CertificateAuthority.fromPem(stack, "ca", { ...pems(), custody });
        new TerraformOutput(stack, "trust", { value: authority.certificatePem, staticId: true });
      }).json.output?.["trust"]?.["value"];

    expect(trust("state")).toBe(root.certificatePem);
    expect(trust("machine")).toMatch(/^\$\{file\(.*"[^"]*\/ca\.pem\$\{.*\}"\)\}$/);
  });

  it("An imported authority does not expose its key", () => {
    for (const custody of ["state", "machine"] as const) {
      stackWith((stack) => {
        const authority = CertificateAuthority.fromFiles(stack, "ca", { ...files(), custody });

        expect(authority.issuer.issued.privateKeyPem).toBeUndefined();
        expect(authority).not.toHaveProperty("privateKeyPem");
      });
    }
  });

  it('An imported authority with custody "machine" has the same built-in resources as one that is made here', () => {
    const { resources, json } = stackWith((stack) =>
      CertificateAuthority.fromFiles(stack, "ca", {
        ...files(),
        custody: "machine",
        directory: "out",
        resourceName: "plant",
        directoryResourceName: "out",
      }),
    );

    expect(Object.keys(resources).sort()).toEqual([
      expect.stringMatching(/^terraform_data\.ca_brokers_/),
      expect.stringMatching(/^terraform_data\.ca_owner_/),
      "terraform_data.out",
      "terraform_data.plant",
    ]);
    expect(json).not.toHaveProperty("provider");
    expect(json).not.toHaveProperty("data");
  });

  it("An imported authority is refused in the directory of another authority", () => {
    const error = inNewDirectory(() =>
      refusal((app) => {
        new CertificateAuthority(new TerraformStack(app, "first"), "one", { subject: SUBJECT, custody: "machine" });
        const props = { ...files(), custody: "machine" } as const;
        CertificateAuthority.fromFiles(new TerraformStack(app, "second"), "two", props);
      }),
    );

    expect(error.message).toContain('already belongs to "first/one"');
  });

  it("An imported authority is refused with every problem of its props", () => {
    expect(
      refusedFiles({
        certificateFile: "no.pem",
        keyFile: ".",
        directory: "../pki",
        subject: SUBJECT,
      }).sort(),
    ).toEqual([
      "certificateFile: is not a file that can be read",
      "directory: is outside the directory where cdktf runs",
      "keyFile: is a folder",
      "subject: is not a known property",
    ]);
    expect(refusedFiles({ keyFile: signer.keyFile })).toEqual([
      expect.stringMatching(/^keyFile: has a key that does not belong to/),
    ]);
    expect(refusedPems({ certificatePem: "", keyVariable: "a b", custody: "file" }).sort()).toEqual([
      "certificatePem: has no certificate",
      "custody: is not a custody",
      "keyVariable: is not the name of a Terraform variable",
    ]);
    expect(refusedFiles({ directory: "pki" })).toEqual(['directory: is only for custody "machine"']);
  });

  it("An imported authority is refused at the line that declares it", () => {
    const declarations = [
      (stack: TerraformStack) => CertificateAuthority.fromFiles(stack, "ca", { ...files(), certificateFile: "no.pem" }),
      (stack: TerraformStack) => CertificateAuthority.fromPem(stack, "ca", { ...pems(), certificatePem: "" }),
    ];

    for (const declare of declarations) {
      const { stack = "" } = inNewDirectory(() => refusal((app) => declare(new TerraformStack(app, "own"))));
      expect(/^ {4}at .*/m.exec(stack)?.[0]).toContain("certificate-authority.test.ts");
    }
  });

  it.each([
    ["1st", ": is not a valid name for a Terraform resource"],
    ["ca", ": already exists in this stack"],
  ])("An imported authority is refused under the name %s if it is invalid or in use", (resourceName, expected) => {
    const error = inNewDirectory(() =>
      refusal((app) => {
        const stack = new TerraformStack(app, "own");
        CertificateAuthority.fromFiles(stack, "one", { ...files(), resourceName: "ca" });
        CertificateAuthority.fromFiles(stack, "two", { ...files(), resourceName });
      }),
    );

    expect(reasons(error)).toEqual([expected]);
  });
});

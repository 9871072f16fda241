import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { TerraformOutput, TerraformStack } from "cdktf";
import { CertificateAuthority, Duration, ServerCertificate, type ServerCertificateProps } from "../../lib";
import { makeAuthority } from "../support/authorities";
import { inTemporaryFolder, makeRequest } from "../support/requests";
import { declaredOf } from "../support/machine";
import { inNewDirectory, reasons, refusal, Synthesized, synthesize } from "../support/synth";

function authorityIn(stack: TerraformStack): CertificateAuthority {
  return new CertificateAuthority(stack, "ca", {
    subject: { commonName: "Test CA" },
    duration: Duration.days(100),
    resourceName: "ca",
  });
}

function refused(props: Omit<ServerCertificateProps, "authority">): string[] {
  return inNewDirectory(() =>
    reasons(
      refusal((app) => {
        const authority = authorityIn(new TerraformStack(app, "own"));
        new ServerCertificate(new TerraformStack(app, "other"), "server", { ...props, authority });
      }),
    ),
  );
}

describe("ServerCertificate in a user's stack", () => {
  it("ServerCertificate is a key, a request and a certificate that the authority signs", () => {
    const stacks = inNewDirectory(() =>
      synthesize((app) => {
        const stack = new TerraformStack(app, "own");
        const props = { address: "192.0.2.10", duration: Duration.days(99), resourceName: "mqtt" };
        new ServerCertificate(stack, "server", { authority: authorityIn(stack), ...props });
      }),
    );
    const resources = stacks["own"]?.resources;

    expect(resources?.["tls_cert_request.mqtt"]).toMatchObject({
      subject: [{ common_name: "192.0.2.10" }],
      ip_addresses: ["192.0.2.10"],
    });
    expect(resources?.["tls_cert_request.mqtt"]).not.toHaveProperty("dns_names");
    expect(resources?.["tls_locally_signed_cert.mqtt"]).toMatchObject({
      ca_cert_pem: "${tls_self_signed_cert.ca.cert_pem}",
      lifecycle: {
        postcondition: [
          { condition: "${timecmp(self.validity_end_time, tls_self_signed_cert.ca.validity_end_time) <= 0}" },
        ],
      },
    });
  });

  it("ServerCertificate has a new key with a new name for another key version", () => {
    const keys = (props: Pick<ServerCertificateProps, "keyVersion" | "resourceName">) => {
      const { own } = inNewDirectory(() =>
        synthesize((app) => {
          const stack = new TerraformStack(app, "own");
          const server = { address: "a.b", duration: Duration.days(1), ...props };
          new ServerCertificate(stack, "server", { authority: authorityIn(stack), ...server });
        }),
      );
      return Object.keys(own?.resources ?? {}).filter((name) => /^tls_private_key\.(?!ca$)/.test(name));
    };

    expect(keys({ resourceName: "mqtt" })).toEqual(["tls_private_key.mqtt"]);
    expect(keys({ resourceName: "mqtt", keyVersion: 2 })).toEqual(["tls_private_key.mqtt__key_2"]);
    expect(keys({ keyVersion: 1 })).toEqual(keys({}));
    expect(new Set([keys({}), keys({ keyVersion: 2 }), keys({ keyVersion: 3 })].flat()).size).toBe(3);
  });

  it("ServerCertificate has its PEMs as tokens for the user's resources", () => {
    const stacks = inNewDirectory(() =>
      synthesize((app) => {
        const stack = new TerraformStack(app, "own");
        const authority = authorityIn(stack);
        const server = new ServerCertificate(stack, "server", {
          authority,
          address: "a.b",
          resourceName: "mqtt",
          duration: Duration.days(1),
        });
        const pems = [server.certificatePem, server.privateKeyPem, authority.certificatePem, authority.privateKeyPem];
        new TerraformOutput(stack, "pems", { value: pems, sensitive: true });
      }),
    );

    expect(stacks["own"]?.json.output?.["pems"]).toMatchObject({
      value: [
        "${tls_locally_signed_cert.mqtt.cert_pem}",
        "${tls_private_key.mqtt.private_key_pem_pkcs8}",
        "${tls_self_signed_cert.ca.cert_pem}",
        "${tls_private_key.ca.private_key_pem_pkcs8}",
      ],
    });
  });

  it("ServerCertificate may be in another stack than its authority", () => {
    const stacks = inNewDirectory(() =>
      synthesize((app) => {
        const authority = authorityIn(new TerraformStack(app, "authority"));
        const stack = new TerraformStack(app, "brokers");
        new ServerCertificate(stack, "server", {
          authority,
          address: "a.b",
          resourceName: "mqtt",
          duration: Duration.days(1),
        });
      }),
    );
    const certificate = stacks["brokers"]?.resources["tls_locally_signed_cert.mqtt"];
    const remote = /^\$\{data\.terraform_remote_state\.[\w-]+\.outputs\.[\w-]+\}$/;

    expect(certificate?.["ca_cert_pem"]).toMatch(remote);
    expect(certificate?.["ca_private_key_pem"]).toMatch(remote);
    expect(JSON.stringify(certificate?.["lifecycle"])).toMatch(
      /\$\{timecmp\(self\.validity_end_time, data\.terraform_remote_state\.[\w-]+\.outputs\.[\w-]+\) <= 0\}/,
    );
    for (const output of Object.values(stacks["authority"]?.json.output ?? {})) {
      expect(output["sensitive"]).toBe(true);
    }
  });

  it("ServerCertificate is refused with every problem, including those with its authority", () => {
    expect(refused({ address: "a_b.example.com", renewBefore: Duration.days(-1) }).sort()).toEqual([
      "address: has an underscore, which Java clients refuse",
      "duration: would outlive its authority, which is valid for 100 days",
      "renewBefore: is negative",
    ]);
    expect(refused({ address: "a.b", duration: Duration.days(100) })).toEqual([
      "duration: would outlive its authority, which is valid for 100 days",
    ]);
  });
});

describe("ServerCertificate for a request, in a user's stack", () => {
  const { pem } = makeRequest({ subject: { CN: "a.b" }, names: ["DNS:a.b"] });
  const props = { address: "a.b", csrPem: pem, resourceName: "mqtt", duration: Duration.days(1) };

  it("ServerCertificate for a request is one resource, and its certificate is a token", () => {
    const stacks = inNewDirectory(() =>
      synthesize((app) => {
        const stack = new TerraformStack(app, "own");
        const server = new ServerCertificate(stack, "server", { ...props, authority: authorityIn(stack) });
        new TerraformOutput(stack, "proof", { value: server.certificatePem, staticId: true });
      }),
    );
    const { resources = {}, json } = stacks["own"] ?? {};

    expect(Object.keys(resources).filter((address) => address.includes("mqtt"))).toEqual([
      "tls_locally_signed_cert.mqtt",
    ]);
    expect(json?.output?.["proof"]?.["value"]).toBe("${tls_locally_signed_cert.mqtt.cert_pem}");
  });

  it.each(["state", "machine"] as const)(
    'ServerCertificate for a request has no key here, with custody "%s"',
    (custody) => {
      const error = inNewDirectory(() =>
        refusal((app) => {
          const stack = new TerraformStack(app, "own");
          const authority = new CertificateAuthority(stack, "ca", { subject: { commonName: "Test CA" }, custody });
          return new ServerCertificate(stack, "server", { ...props, authority }).privateKeyPem;
        }),
      );

      expect(error.problems).toMatchObject([{ reason: "stays where it was made", fix: "use only the certificate" }]);
      expect(error.message).toContain('"own/server"');
    },
  );

  it("ServerCertificate for a request is refused with every problem, including those of the request", () => {
    expect(refused({ ...props, address: "c.d", duration: Duration.days(100), passwordVariable: "a-b" }).sort()).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^csrPem: has the subject/),
        "duration: would outlive its authority, which is valid for 100 days",
        "passwordVariable: is for a file with a key, but this broker keeps its key",
      ]),
    );
  });
});

describe("ServerCertificate of an imported authority", () => {
  it("ServerCertificate in another stack gets known values as they are, and the key from the imported authority's stack", () => {
    inTemporaryFolder((folder) => {
      const root = makeAuthority(folder, "root");
      const signer = makeAuthority(folder, "signer", { issuer: root });
      const stacks = inNewDirectory(() =>
        synthesize((app) => {
          const authority = CertificateAuthority.fromFiles(new TerraformStack(app, "authority"), "ca", {
            certificateFile: bundleOf(folder, signer.certificatePem, root.certificatePem),
            keyFile: signer.keyFile,
          });
          const stack = new TerraformStack(app, "brokers");
          const server = new ServerCertificate(stack, "server", { authority, address: "a.b", resourceName: "mqtt" });
          new TerraformOutput(stack, "proof", { value: server.certificatePem, staticId: true });
          new TerraformOutput(stack, "trust", { value: authority.certificatePem, staticId: true });
        }),
      );
      const { resources, json } = stacks["brokers"] ?? {};

      expect(resources?.["tls_locally_signed_cert.mqtt"]).toMatchObject({
        ca_cert_pem: signer.certificatePem,
        ca_private_key_pem: expect.stringMatching(
          /^\$\{data\.terraform_remote_state\.[\w-]+\.outputs\.[\w-]+\}$/,
        ) as string,
      });
      expect(json?.output?.["proof"]?.["value"]).toBe(
        `\${tls_locally_signed_cert.mqtt.cert_pem}${signer.certificatePem}`,
      );
      expect(json?.output?.["trust"]?.["value"]).toBe(root.certificatePem);
      expect(json).not.toHaveProperty("locals");
      for (const output of Object.values(stacks["authority"]?.json.output ?? {})) {
        expect(output["sensitive"]).toBe(true);
      }
    });
  });
});

function bundleOf(folder: string, ...pems: readonly string[]): string {
  const file = join(folder, "bundle.pem");
  writeFileSync(file, pems.join(""));
  return file;
}

describe('ServerCertificate with custody "machine" in a user\'s stack', () => {
  const onMachine = (stack: TerraformStack) =>
    new CertificateAuthority(stack, "ca", { subject: { commonName: "Test CA" }, custody: "machine" });

  it('ServerCertificate with custody "machine" is declared with its authority, and its certificate is a token', () => {
    const stacks = inNewDirectory(() =>
      synthesize((app) => {
        const stack = new TerraformStack(app, "own");
        const server = new ServerCertificate(stack, "server", { authority: onMachine(stack), address: "a.b" });
        new TerraformOutput(stack, "proof", { value: server.certificatePem, staticId: true });
      }),
    );
    const stack = stacks["own"] ?? new Synthesized("");

    expect(declaredOf(stack).brokers).toMatchObject({ "brokers/a.b": { subject: "CN=a.b" } });
    expect(stack.json.output?.["proof"]?.["value"]).toMatch(
      /^\$\{file\(.*"[^"]*\/brokers\/a\.b\/server\.pem\$\{.*terraform_data\.ca_brokers_\w+\.id.*\}"\)\}$/,
    );
  });

  it('ServerCertificate with custody "machine" is refused in another stack than its authority', () => {
    const error = inNewDirectory(() =>
      refusal((app) => {
        const authority = onMachine(new TerraformStack(app, "authority"));
        new ServerCertificate(new TerraformStack(app, "brokers"), "server", { authority, address: "a.b" });
      }),
    );

    expect(error.message).toContain(
      '"a.b" is in another stack than its authority, whose custody is "machine"; put both into one stack',
    );
  });

  it.each([
    ["a.b", "A.B."],
    ["2001:db8::1", "2001:DB8:0::1"],
    ["2001:db8::1", "2001-db8--1"],
  ])('ServerCertificate with custody "machine" is refused if the folder of %s is in use: %s', (first, second) => {
    const error = inNewDirectory(() =>
      refusal((app) => {
        const stack = new TerraformStack(app, "own");
        const authority = onMachine(stack);
        for (const address of [first, second]) {
          new ServerCertificate(stack, address, { authority, address });
        }
      }),
    );

    expect(error.message).toContain("is issued twice; declare each broker once");
  });

  it('ServerCertificate with custody "machine" is refused with everything that its authority may not sign', () => {
    const error = inNewDirectory(() =>
      refusal((app) => {
        const stack = new TerraformStack(app, "own");
        const props = { subject: { commonName: "Test CA" }, permittedDomains: ["plant.example.com"] };
        const authority = new CertificateAuthority(stack, "ca", { ...props, custody: "machine" });
        const duration = Duration.days(3651);
        new ServerCertificate(stack, "server", { authority, address: "a.b", alternativeAddresses: ["c.d"], duration });
      }),
    );

    expect(error.problems.map(({ path }) => path).sort()).toEqual(["address", "alternativeAddresses[0]", "duration"]);
  });
});

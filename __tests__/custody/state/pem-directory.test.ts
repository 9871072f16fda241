import { TerraformStack } from "cdktf";
import { CertificateAuthority, Duration, PemDirectory, ServerCertificate } from "../../../lib";
import { makeAuthority } from "../../support/authorities";
import { inTemporaryFolder, makeRequest } from "../../support/requests";
import { inNewDirectory, refusal, synthesize, type Block } from "../../support/synth";

const CA = { subject: { commonName: "Test CA" } };

function declare(
  stack: TerraformStack,
  ...addresses: string[]
): { authority: CertificateAuthority; servers: ServerCertificate[] } {
  const authority = new CertificateAuthority(stack, "ca", CA);
  const servers = addresses.map(
    (address) => new ServerCertificate(stack, address, { authority, address, duration: Duration.days(1) }),
  );
  return { authority, servers };
}

function resources(body: (stack: TerraformStack) => void): Readonly<Record<string, Block>> {
  const stacks = inNewDirectory(() =>
    synthesize((app) => {
      body(new TerraformStack(app, "own"));
    }),
  );
  return stacks["own"]?.resources ?? {};
}

/** The mode and the path of each file. */
function files(written: Readonly<Record<string, Block>>): string[] {
  return Object.values(written)
    .flatMap((block) =>
      "filename" in block ? [`${String(block["file_permission"])} ${String(block["filename"])}`] : [],
    )
    .sort();
}

describe("PemDirectory in the user's stack", () => {
  it("PemDirectory writes the files of each authority and server that a stack adds", () => {
    const written = resources((stack) => {
      const { authority, servers } = declare(stack, "a.b", "2001:db8::1");
      const directory = new PemDirectory(stack, "pem");
      directory.addAuthority(authority, { key: false });
      for (const server of servers) {
        directory.addServer(server);
      }
    });

    expect(files(written)).toEqual([
      "0600 ../../../pki/brokers/2001-db8--1/server.key",
      "0600 ../../../pki/brokers/a.b/server.key",
      "0644 ../../../pki/brokers/2001-db8--1/server.pem",
      "0644 ../../../pki/brokers/a.b/server.pem",
      "0644 ../../../pki/ca.pem",
    ]);
  });

  it("PemDirectory writes two authorities into ca.pem in order, and their keys into separate files", () => {
    const written = resources((stack) => {
      const directory = new PemDirectory(stack, "pem");
      for (const [index, name] of ["first", "second"].entries()) {
        const authority = new CertificateAuthority(stack, name, {
          subject: { commonName: name },
          resourceName: name,
        });
        directory.addAuthority(authority, { generation: index + 1, resourceName: "ca" });
      }
    });

    expect(written["local_file.ca"]).toMatchObject({
      content: "${tls_self_signed_cert.first.cert_pem}${tls_self_signed_cert.second.cert_pem}",
    });
    expect(files(written)).toEqual([
      "0600 ../../../pki/authorities/2/ca.key",
      "0600 ../../../pki/ca.key",
      "0644 ../../../pki/ca.pem",
    ]);
  });

  it("PemDirectory refuses a plan if one of its files exists, before it writes any file", () => {
    const written = resources((stack) => {
      const { authority, servers } = declare(stack, "a.b", "c.d");
      const directory = new PemDirectory(stack, "pem", { path: "out", resourceName: "out" });
      directory.addAuthority(authority, { resourceName: "ca" });
      for (const server of servers) {
        directory.addServer(server);
      }
    });

    expect(written["terraform_data.out"]).toMatchObject({
      input:
        '${sort(setunion(fileset("../../../out", "brokers/*/server.key"), fileset("../../../out", "brokers/*/server.pem"), fileset("../../../out", "ca.key"), fileset("../../../out", "ca.pem")))}',
      lifecycle: { ignore_changes: ["input"], postcondition: [{ condition: "${length(self.input) == 0}" }] },
    });
    expect(written["local_file.ca"]).toMatchObject({ depends_on: ["terraform_data.out"] });
  });

  it("PemDirectory also looks for the records of keys with passwords", () => {
    const written = resources((stack) => {
      const authority = new CertificateAuthority(stack, "ca", { ...CA, passwordVariable: "ca_password" });
      const directory = new PemDirectory(stack, "pem", { path: "out", resourceName: "out" });
      directory.addAuthority(authority);
      directory.addServer(
        new ServerCertificate(stack, "server", { authority, address: "a.b", passwordVariable: "broker_password" }),
      );
    });

    expect(written["terraform_data.out"]).toMatchObject({
      input: `\${sort(setunion(${[
        ...["brokers/*/server.key", "brokers/*/server.key.json", "brokers/*/server.pem"],
        ...["ca.key", "ca.key.json", "ca.pem"],
      ]
        .map((pattern) => `fileset("../../../out", "${pattern}")`)
        .join(", ")}))}`,
    });
  });

  it("PemDirectory writes several authorities into one ca.pem, and their keys into separate folders", () => {
    const written = resources((stack) => {
      const directory = new PemDirectory(stack, "pem", { resourceName: "pki" });
      for (const [generation, passwordVariable] of [
        [1, undefined],
        [2, "second_password"],
        [12, undefined],
      ] as const) {
        const authority = new CertificateAuthority(stack, `ca ${generation}`, {
          subject: { commonName: `CA ${generation}` },
          ...(passwordVariable !== undefined && { passwordVariable }),
          resourceName: `ca_${generation}`,
        });
        directory.addAuthority(authority, { generation, key: generation !== 12, resourceName: "authority" });
      }
    });

    expect(files(written)).toEqual([
      "0600 ../../../pki/authorities/2/ca.key",
      "0600 ../../../pki/ca.key",
      "0644 ../../../pki/authorities/2/ca.key.json",
      "0644 ../../../pki/ca.pem",
    ]);
    expect(written["local_file.authority"]).toMatchObject({
      content: [1, 2, 12].map((generation) => `\${tls_self_signed_cert.ca_${generation}.cert_pem}`).join(""),
    });
    expect(written["terraform_data.pki"]?.["input"]).toBe(
      `\${sort(setunion(${["authorities/2/ca.key", "authorities/2/ca.key.json", "ca.key", "ca.pem"]
        .map((pattern) => `fileset("../../../pki", "${pattern}")`)
        .join(", ")}))}`,
    );
    expect(JSON.stringify(written["terraform_data.pki"])).toContain("$PEM_DIRECTORY/authorities");
  });

  it("PemDirectory refuses two authorities whose keys would be in one file", () => {
    const error = inNewDirectory(() =>
      refusal((app) => {
        const stack = new TerraformStack(app, "own");
        const directory = new PemDirectory(stack, "pem");
        for (const id of ["one", "other"]) {
          directory.addAuthority(new CertificateAuthority(stack, id, { subject: { commonName: id } }));
        }
      }),
    );

    expect(error.message).toContain('"ca.key" is written twice');
  });

  it("PemDirectory treats a path with a slash at its end as the same directory", () => {
    const claims = ["out", "out/", "./out"].map((path) => {
      const written = resources((stack) => {
        new PemDirectory(stack, "pem", { path, resourceName: "out" }).addAuthority(declare(stack).authority);
      });
      return written["terraform_data.out"];
    });

    expect(claims[1]).toEqual(claims[0]);
    expect(claims[2]).toEqual(claims[0]);
  });

  it("PemDirectory refuses two brokers with the same folder", () => {
    const error = inNewDirectory(() =>
      refusal((app) => {
        const stack = new TerraformStack(app, "own");
        const { servers } = declare(stack, "2001-db8--1", "2001:db8::1");
        const directory = new PemDirectory(stack, "pem");
        for (const server of servers) {
          directory.addServer(server);
        }
      }),
    );

    expect(error.message).toContain('"brokers/2001-db8--1/server.pem" is written twice');
  });

  it.each(["", " ", "..", "../x", "a/../../b", "a${b}", "a%{b}", "a*", "a[b]", 'a"b', "a\\b", "a\nb"])(
    "PemDirectory refuses the path %j",
    (path) => {
      const error = inNewDirectory(() =>
        refusal((app) => new PemDirectory(new TerraformStack(app, "own"), "pem", { path })),
      );

      expect(error.problems.map((problem) => problem.path)).toEqual(["path"]);
    },
  );

  it("PemDirectory needs one script for all passwords, and a variable for each name", () => {
    const stacks = inNewDirectory(() =>
      synthesize((app) => {
        const stack = new TerraformStack(app, "own");
        const authority = new CertificateAuthority(stack, "ca", { ...CA, passwordVariable: "one" });
        const directory = new PemDirectory(stack, "pem");
        directory.addAuthority(authority);
        for (const [address, passwordVariable] of [
          ["a.b", "one"],
          ["c.d", "two"],
        ] as const) {
          directory.addServer(new ServerCertificate(stack, address, { authority, address, passwordVariable }));
        }
      }),
    );
    const { json, assets = {} } = stacks["own"] ?? {};

    expect(Object.keys(assets).filter((path) => path.endsWith("key-password.sh"))).toHaveLength(1);
    expect(Object.keys(json?.variable ?? {})).toEqual(["one", "two"]);
    expect(Object.keys(json?.data?.["local_command"] ?? {})).toHaveLength(3);
  });

  it("PemDirectory adds nothing for the password of a key that it does not write", () => {
    const stacks = inNewDirectory(() =>
      synthesize((app) => {
        const stack = new TerraformStack(app, "own");
        const authority = new CertificateAuthority(stack, "ca", { ...CA, passwordVariable: "one" });
        new PemDirectory(stack, "pem").addAuthority(authority, { key: false });
      }),
    );

    for (const property of ["variable", "data"]) {
      expect(stacks["own"]?.json).not.toHaveProperty(property);
    }
  });

  it("PemDirectory puts a password on a key of another stack", () => {
    const stacks = inNewDirectory(() =>
      synthesize((app) => {
        const authority = new CertificateAuthority(new TerraformStack(app, "authority"), "ca", {
          ...CA,
          passwordVariable: "ca_password",
        });
        new PemDirectory(new TerraformStack(app, "files"), "pem").addAuthority(authority, { resourceName: "ca" });
      }),
    );
    const remote = /^\$\{data\.terraform_remote_state\.[\w-]+\.outputs\.[\w-]+\}/;
    const { resources: written, dataSources, json } = stacks["files"] ?? {};
    const protecting = dataSources?.["local_command.ca"];

    expect(protecting?.["stdin"]).toMatch(remote);
    expect((protecting?.["arguments"] as string[]).at(-1)).toMatch(
      new RegExp(`${remote.source} TF_VAR_ca_password 1 600000$`),
    );
    expect(written?.["local_file.protected_ca"]?.["content"]).toMatch(
      /^\{"id":"\$\{data\.[\w.-]+\} TF_VAR_ca_password 1 600000","sha256":"\$\{sha256\(data\.local_command\.ca\.stdout\)\}"\}\n$/,
    );
    expect(Object.keys(json?.variable ?? {})).toEqual(["ca_password"]);
    expect(stacks["authority"]?.json).not.toHaveProperty("variable");
  });

  it("PemDirectory writes no key for a broker that sent a CSR", () => {
    const { pem } = makeRequest({ subject: { CN: "a.b" }, names: ["DNS:a.b"] });
    const written = resources((stack) => {
      const { authority } = declare(stack);
      const server = new ServerCertificate(stack, "server", { authority, address: "a.b", csrPem: pem });
      new PemDirectory(stack, "pem").addServer(server);
    });

    expect(files(written)).toEqual(["0644 ../../../pki/brokers/a.b/server.pem"]);
  });

  it("PemDirectory writes no key of an imported authority", () => {
    inTemporaryFolder((folder) => {
      const { certificateFile, keyFile } = makeAuthority(folder, "ca");
      const written = resources((stack) => {
        const authority = CertificateAuthority.fromFiles(stack, "ca", { certificateFile, keyFile });
        new PemDirectory(stack, "pem").addAuthority(authority, { key: true });
      });

      expect(files(written)).toEqual(["0644 ../../../pki/ca.pem"]);
    });
  });
});

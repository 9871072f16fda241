import { TerraformStack } from "cdktf";
import { CertificateAuthority, Duration, PemDirectory, ServerCertificate } from "../lib";
import { inNewDirectory, refusal, synthesize, type Block } from "./support/synth";

function declare(
  stack: TerraformStack,
  ...addresses: string[]
): { authority: CertificateAuthority; servers: ServerCertificate[] } {
  const authority = new CertificateAuthority(stack, "ca", { subject: { commonName: "Test CA" } });
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

describe("a PEM directory in a stack of the user's", () => {
  it("writes the files of what is added to it", () => {
    const written = resources((stack) => {
      const { authority, servers } = declare(stack, "a.b", "2001:db8::1");
      const directory = new PemDirectory(stack, "pem");
      directory.addAuthority(authority, { key: false });
      for (const server of servers) {
        directory.addServer(server);
      }
    });
    const files = Object.values(written).flatMap((block) =>
      "filename" in block ? [`${String(block["file_permission"])} ${String(block["filename"])}`] : [],
    );

    expect(files.sort()).toEqual([
      "0600 ../../../pki/brokers/2001-db8--1/server.key",
      "0600 ../../../pki/brokers/a.b/server.key",
      "0644 ../../../pki/brokers/2001-db8--1/server.pem",
      "0644 ../../../pki/brokers/a.b/server.pem",
      "0644 ../../../pki/ca.pem",
    ]);
  });

  it("lets a plan go on only where none of its files is there, and is looked at before any of them is written", () => {
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

  it("is the same directory with a slash at its end", () => {
    const claims = ["out", "out/", "./out"].map((path) => {
      const written = resources((stack) => {
        new PemDirectory(stack, "pem", { path, resourceName: "out" }).addAuthority(declare(stack).authority);
      });
      return written["terraform_data.out"];
    });

    expect(claims[1]).toEqual(claims[0]);
    expect(claims[2]).toEqual(claims[0]);
  });

  it("refuses two brokers with the same folder", () => {
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
    "refuses the path %j",
    (path) => {
      const error = inNewDirectory(() =>
        refusal((app) => new PemDirectory(new TerraformStack(app, "own"), "pem", { path })),
      );

      expect(error.problems.map((problem) => problem.path)).toEqual(["path"]);
    },
  );
});

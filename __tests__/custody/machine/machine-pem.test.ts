import { App, TerraformOutput, TerraformStack } from "cdktf";
import { type CertificateAuthority, PemDirectory, PemOutputs, ServerCertificate } from "../../../lib";
import { inNewDirectory, refusal, synthesize } from "../../support/synth";
import { authorityIn, stackWith } from "./support";

const IN_ITS_FILE_ALONE =
  'exists only in its file with custody "machine": a resource or an output would copy it into the state';

describe("private key", () => {
  it.each<[string, (authority: CertificateAuthority, server: ServerCertificate, stack: TerraformStack) => unknown]>([
    ["of an authority is not readable as privateKeyPem", (authority) => authority.privateKeyPem],
    ["of a broker is not readable as privateKeyPem", (_, server) => server.privateKeyPem],
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
      "of an authority does not go to PemOutputs",
      (authority, _, stack) => new PemOutputs(stack, "outputs", { authority, servers: [] }),
    ],
    [
      "of a broker does not go to PemOutputs",
      (authority, server, stack) =>
        new PemOutputs(stack, "outputs", { authority, servers: [server], authorityKey: false }),
    ],
  ])('With custody "machine", the private key %s', (_what, use) => {
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

  it('With custody "machine", certificates go to a PemDirectory and to outputs without their keys', () => {
    const { resources, json } = stackWith((stack) => {
      const authority = authorityIn(stack);
      new PemDirectory(stack, "files", { path: "copy" }).addAuthority(authority, { key: false });
      new PemOutputs(stack, "outputs", { authority, servers: [], authorityKey: false });
    });

    expect(Object.keys(resources).filter((address) => address.startsWith("local_"))).toHaveLength(1);
    expect(JSON.stringify(json.output?.["ca_pem"])).toContain("/ca.pem");
  });
});

describe("certificate in another stack", () => {
  /** The stacks after `declare` puts the certificate of an authority in `own` into `other`. */
  function stacksWith(declare: (authority: CertificateAuthority, other: TerraformStack) => unknown) {
    return inNewDirectory(() =>
      synthesize((app) => {
        declare(authorityIn(new TerraformStack(app, "own")), new TerraformStack(app, "other"));
      }),
    );
  }

  it.each<[string, (authority: CertificateAuthority, other: TerraformStack) => unknown]>([
    ["an output", (authority, other) => new TerraformOutput(other, "ca", { value: authority.certificatePem })],
    ["PemOutputs", (authority, other) => new PemOutputs(other, "o", { authority, servers: [], authorityKey: false })],
    [
      "files",
      (authority, other) => {
        new PemDirectory(other, "files", { path: "copy" }).addAuthority(authority, { key: false });
      },
    ],
  ])("Another stack gets a certificate through one output of the authority's stack: %s", (_what, declare) => {
    const { own, other } = stacksWith(declare);
    const [output = "", block] = Object.entries(own?.json.output ?? {})[0] ?? [];
    const value = block?.["value"];

    expect(other?.text).toContain(`.outputs.${output}}`);
    expect(value).toMatch(/^\$\{local\.\w+\}$/);
    const content = own?.json.locals?.[String(value).slice("${local.".length, -1)];
    expect(content).toMatch(/^\$\{file\(.*pki\/\.\/ca\.pem/);
    expect(other?.text).not.toContain("ca.pem\\$");
  });

  it("A stack that uses a certificate depends on the authority's stack", () => {
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

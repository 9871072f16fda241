import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import {
  CloudBackend,
  NamedCloudWorkspace,
  NamedRemoteWorkspace,
  RemoteBackend,
  S3Backend,
  TerraformStack,
} from "cdktf";
import { Construct } from "constructs";
import { ServerCertificate } from "../../../lib";
import { inNewDirectory, reasons, refusal } from "../../support/synth";
import { authorityIn, stackWith } from "./support";

describe("backend", () => {
  const remote = { hostname: "app.terraform.io", organization: "example" };
  const below = (stack: TerraformStack) => new Construct(stack, "backends");

  it.each<[string, (stack: TerraformStack) => unknown]>([
    ["remote", (stack) => new RemoteBackend(stack, { ...remote, workspaces: new NamedRemoteWorkspace("mqtt") })],
    ["cloud", (stack) => new CloudBackend(stack, { ...remote, workspaces: new NamedCloudWorkspace("mqtt") })],
    [
      "remote, below another construct",
      (stack) => new RemoteBackend(below(stack), { ...remote, workspaces: new NamedRemoteWorkspace("mqtt") }),
    ],
    [
      "cloud, below another construct",
      (stack) => new CloudBackend(below(stack), { ...remote, workspaces: new NamedCloudWorkspace("mqtt") }),
    ],
  ])('Custody "machine" refuses a backend that applies on temporary machines: %s', (_what, addBackend) => {
    const withBackend = () =>
      stackWith((stack) => {
        authorityIn(stack);
        addBackend(stack);
      });

    expect(withBackend).toThrow(
      'custody "machine" keeps private keys on the machine that applies, and this backend applies on temporary machines',
    );
  });

  it('Custody "machine" accepts a backend that only stores the state', () => {
    const { json } = stackWith((stack) => {
      authorityIn(stack);
      new S3Backend(stack, { bucket: "states", key: "mqtt", region: "eu-west-1" });
    });

    expect(json.terraform.backend).toMatchObject({ s3: { bucket: "states" } });
  });
});

describe("files in the way", () => {
  it('Custody "machine" refuses a folder or a file in its way, and a key with a loose mode', () => {
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

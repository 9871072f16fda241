import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, TerraformStack } from "cdktf";
import { CertificateAuthority } from "../../lib";
import { makeAuthority } from "../support/authorities";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "authorities-"));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** What cdktf warns of, at an authority that is declared with these files. */
function warningsOf(certificateFile: string, keyFile: string): unknown[] {
  const stack = new TerraformStack(new App(), "own");
  const authority = CertificateAuthority.fromFiles(stack, "ca", { certificateFile, keyFile });
  return authority.node.metadata.filter(({ type }) => type === "@cdktf/warn").map(({ data }) => data as unknown);
}

describe("Warnings of an imported authority", () => {
  it("An imported authority has a CDK warning for each certificate of its chain without a key usage", () => {
    const extensions = { keyUsage: undefined };
    const root = makeAuthority(folder, "root", { extensions });
    const signer = makeAuthority(folder, "signer", { issuer: root, extensions });
    const chain = join(folder, "chain.pem");
    writeFileSync(chain, signer.certificatePem + root.certificatePem);

    expect(warningsOf(chain, signer.keyFile)).toEqual([
      expect.stringContaining('"CN=signer" has no key usage'),
      expect.stringContaining('"CN=root" has no key usage'),
    ]);
  });

  it("An imported authority has no warning if every certificate has a key usage", () => {
    const { certificateFile, keyFile } = makeAuthority(folder, "sound");

    expect(warningsOf(certificateFile, keyFile)).toEqual([]);
  });
});

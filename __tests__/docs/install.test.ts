import { readFileSync } from "node:fs";
import { join } from "node:path";
import { intersects } from "semver";
import { blocksBelow } from "../e2e/support/pages";

const { peerDependencies } = JSON.parse(readFileSync(join(__dirname, "../../package.json"), "utf8")) as {
  peerDependencies: Record<string, string>;
};

describe("docs/how-to/install.md", () => {
  it.each([
    ["cdktn", blocksBelow("how-to/install.md", "With CDK Terrain", "sh")],
    ["cdktf", blocksBelow("how-to/install.md", "With CDK for Terraform", "sh")],
  ])("docs/how-to/install.md installs the peers of %s in versions that the package accepts", (cdk, [command = ""]) => {
    const peers = Object.keys(peerDependencies).filter((name) => name.includes(cdk) || name === "constructs");
    const installed = new Map(
      Array.from(command.matchAll(/ (@?[\w/-]+)@([\d.]+)/g), ([, name = "", version = ""]) => [name, version]),
    );

    expect([...installed.keys()].sort()).toEqual(peers.sort());
    for (const [name, version] of installed) {
      expect(intersects(version, peerDependencies[name] ?? "")).toBe(true);
    }
  });
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { flawOfNode } from "../../lib/values/node-version";

describe("flawOfNode", () => {
  it.each(["20.19.0", "20.20.2", "22.0.0", "24.1.0", process.versions.node])("flawOfNode accepts %s", (version) => {
    expect(flawOfNode(version)).toBeUndefined();
  });

  it.each(["20.18.3", "18.20.8", "8.17.0"])("flawOfNode refuses %s", (version) => {
    const { engines } = JSON.parse(readFileSync(join(__dirname, "../../package.json"), "utf8")) as {
      engines: { node: string };
    };
    const needed = engines.node.replace(">=", "");

    expect(flawOfNode(version)).toBe(`Node ${version} is too old. Install Node ${needed} or later.`);
  });
});

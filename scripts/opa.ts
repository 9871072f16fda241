import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

const VERSION = "v1.22.3";

/**
 * OPA, which runs policies in Rego: the machine's own, or else the one that Go builds into a cache, of which nothing is installed.
 * To build it takes minutes.
 *
 * @returns undefined if OPA is not installed, and Go cannot build it
 */
export function findOpa(): string | undefined {
  if (spawnSync("opa", ["version"]).status === 0) {
    return "opa";
  }
  const cache = join(__dirname, `../node_modules/.cache/cdktf-mqtt-pki/opa-${VERSION}`);
  const program = join(cache, "opa");
  if (!existsSync(program)) {
    try {
      execFileSync("go", ["install", `github.com/open-policy-agent/opa@${VERSION}`], {
        env: { ...process.env, GOBIN: cache, CGO_ENABLED: "0" },
        stdio: "pipe",
        timeout: 900_000,
      });
    } catch {
      return undefined;
    }
  }
  return program;
}

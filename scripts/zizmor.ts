import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const REQUIREMENT = join(__dirname, "zizmor.txt");

/**
 * zizmor, which finds what is unsafe in workflows: the machine's own, or else the one that pip fetches into a cache, of which nothing
 * is installed.
 *
 * @returns undefined if zizmor is not installed, and pip cannot install it
 */
export function findZizmor(): string | undefined {
  if (spawnSync("zizmor", ["--version"]).status === 0) {
    return "zizmor";
  }
  const digest = createHash("sha256").update(readFileSync(REQUIREMENT)).digest("hex");
  const cache = join(__dirname, `../node_modules/.cache/cdktf-mqtt-pki/zizmor-${digest.slice(0, 12)}`);
  const program = join(cache, "bin/zizmor");
  if (!existsSync(program)) {
    const options = ["--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes", "--requirement", REQUIREMENT];
    try {
      execFileSync("python3", ["-m", "pip", "install", "--target", cache, ...options], {
        stdio: "pipe",
        timeout: 120_000,
      });
    } catch {
      return undefined;
    }
  }
  return program;
}

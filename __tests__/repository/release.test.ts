import { readFileSync } from "node:fs";
import { join } from "node:path";

const REPOSITORY = join(__dirname, "../..");
const { version } = JSON.parse(readFileSync(join(REPOSITORY, "package.json"), "utf8")) as { version: string };

describe("files that npm run release keeps at the version of the package", () => {
  it("docs/workflows/atlantis/Dockerfile installs the version in package.json", () => {
    const text = readFileSync(join(REPOSITORY, "docs/workflows/atlantis/Dockerfile"), "utf8");

    expect(text).toContain(`cdktf-mqtt-pki@${version}`);
  });

  it("package-lock.json has the version in package.json", () => {
    const lock = JSON.parse(readFileSync(join(REPOSITORY, "package-lock.json"), "utf8")) as { version: string };

    expect(lock.version).toBe(version);
  });
});

import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inNewDirectory } from "../support/synth";

const CHANGES = `# cdktf-mqtt-pki

## 1.2.0

### Minor Changes

- abc1234: Something new.

## 1.1.0

- def5678: Something old.
`;

const PROGRAM = join(__dirname, "../../scripts/release-notes.js");

/** What the script prints in a repository at version 1.2.0. */
function run(changes: string, pending: readonly string[] = []): { status: number | null; text: string } {
  return inNewDirectory((cwd) => {
    writeFileSync("package.json", JSON.stringify({ version: "1.2.0" }));
    writeFileSync("CHANGELOG.md", changes);
    mkdirSync(".changeset");
    for (const name of ["README.md", "config.json", ...pending]) {
      writeFileSync(`.changeset/${name}`, "");
    }
    const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM], { cwd, encoding: "utf8" });
    return { status, text: stdout + stderr };
  });
}

describe("scripts/release-notes.js", () => {
  it("release-notes.js prints the section of the version in package.json, without its heading", () => {
    expect(run(CHANGES)).toEqual({ status: 0, text: "### Minor Changes\n\n- abc1234: Something new.\n" });
  });

  it.each([CHANGES.replace("1.2.0", "1.2.0-beta"), "# cdktf-mqtt-pki\n\n## 1.2.0\n\n## 1.1.0\n"])(
    "release-notes.js fails if CHANGELOG.md does not describe the version in package.json: %j",
    (changes) => {
      expect(run(changes)).toEqual({
        status: 1,
        text: "CHANGELOG.md says nothing of 1.2.0, the version in package.json. Run npm run release.\n",
      });
    },
  );

  it("release-notes.js fails while changes are left in .changeset", () => {
    expect(run(CHANGES, ["brave-cats.md"])).toEqual({
      status: 1,
      text: "These changes belong to no version yet: brave-cats.md. Run npm run release, and merge what it writes.\n",
    });
  });
});

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const REPOSITORY = join(__dirname, "../..");
const PAGE = readFileSync(join(REPOSITORY, "docs/explanation/architecture.md"), "utf8");

describe("docs/explanation/architecture.md", () => {
  it("docs/explanation/architecture.md names only existing files and folders", () => {
    const named = [...PAGE.matchAll(/`((?:lib|schema|__tests__)\/[\w./-]+|eslint\.config\.mjs)`/g)].map(
      ([, path = ""]) => path,
    );

    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((path) => !existsSync(join(REPOSITORY, path)))).toEqual([]);
  });

  it("docs/explanation/architecture.md describes each folder of lib", () => {
    const folders = readdirSync(join(REPOSITORY, "lib"), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    const told = [...PAGE.matchAll(/^\| `([\w/-]+)\/`/gm)].map(([, folder = ""]) => folder);

    expect(told.filter((folder) => !folder.includes("/")).sort()).toEqual(folders.map(({ name }) => name).sort());
    expect(told.filter((folder) => !existsSync(join(REPOSITORY, "lib", folder)))).toEqual([]);
  });
});

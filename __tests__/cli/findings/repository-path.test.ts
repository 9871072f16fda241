import { repositoryPath } from "../../../lib/cli/findings/repository-path";

describe("repositoryPath", () => {
  it.each([
    ["main.ts", "main.ts"],
    ["./fleet/../main.ts", "main.ts"],
    ["/repository/infra/main.ts", "main.ts"],
    ["../main.ts", "../main.ts"],
  ])("repositoryPath is relative to the current directory: %s", (file, path) => {
    expect(repositoryPath({ env: {}, directory: "/repository/infra" }, file)).toBe(path);
    expect(repositoryPath({ env: { CI_PROJECT_DIR: "/elsewhere" }, directory: "/repository/infra" }, file)).toBe(path);
  });

  it.each(["GITHUB_WORKSPACE", "CI_PROJECT_DIR"])(
    "repositoryPath is relative to the repository that %s names",
    (name) => {
      const world = { env: { [name]: "/repository" }, directory: "/repository/infra" };

      expect(repositoryPath(world, "main.ts")).toBe("infra/main.ts");
      expect(repositoryPath(world, "../main.ts")).toBe("main.ts");
    },
  );

  it.each(["", "."])("repositoryPath ignores a variable without an absolute path: %j", (root) => {
    const world = { env: { GITHUB_WORKSPACE: root, CI_PROJECT_DIR: process.cwd() }, directory: `${process.cwd()}/lib` };

    expect(repositoryPath(world, "main.ts")).toBe("lib/main.ts");
  });
});

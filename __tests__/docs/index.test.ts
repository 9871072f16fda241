import { dirname, relative } from "node:path";
import { repositoryFiles } from "../../scripts/repository-files";
import { page } from "../support/examples";

/** Pages that a generator writes are found from their own index. */
const GENERATED = /^reference\/api\/(?!README\.md$)/;

const PAGES = repositoryFiles(/^docs\/.*\.md$/).map((path) => relative("docs", path));

describe("docs/README.md", () => {
  it("docs/README.md links to every page of docs/", () => {
    const linked = Array.from(page("README.md").matchAll(/\]\(([^)#]+)/g), ([, path = ""]) => path);
    const expected = PAGES.filter((path) => path !== "README.md" && !GENERATED.test(path));

    expect(expected.length).toBeGreaterThan(40);
    expect(expected.filter((path) => !linked.includes(path))).toEqual([]);
  });

  it("docs/README.md links to a page once, so that each task has one place", () => {
    const linked = Array.from(page("README.md").matchAll(/\]\(((?:how-to|explanation)\/[^)#]+)/g), ([, path]) => path);

    expect(linked).toEqual([...new Set(linked)]);
    expect(linked.map((path) => dirname(path ?? ""))).toContain("how-to");
  });
});

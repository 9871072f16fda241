import { apiReference } from "./api-reference";
import { changeOfFiles } from "./golden";

describe("docs/reference/api", () => {
  const { pages, warnings } = apiReference();

  it("the pages of docs/reference/api are what TypeDoc writes from the docstrings", () => {
    expect(changeOfFiles(pages)).toBe("");
  });

  it("every link inside a page of docs/reference/api leads to an anchor of the page", () => {
    const broken = Object.entries(pages).flatMap(([path, text]) => {
      const anchors = new Set(Array.from(text.matchAll(/<a id="([^"]+)">/g), ([, id]) => id));
      const links = Array.from(text.matchAll(/\]\(#([^)]+)\)/g), ([, id]) => id);
      return links.filter((id) => !anchors.has(id)).map((id) => `${path}: #${id}`);
    });

    expect(broken).toEqual([]);
  });

  it("every public name has a docstring, and its links lead somewhere", () => {
    expect(warnings).toEqual([]);
  });
});

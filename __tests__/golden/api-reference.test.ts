import { apiReference } from "./api-reference";
import { changeOfFiles } from "./golden";

describe("docs/reference/api", () => {
  const { pages, warnings } = apiReference();

  it("the pages of docs/reference/api are what TypeDoc writes from the docstrings", () => {
    expect(changeOfFiles(pages)).toBe("");
  });

  it("every public name has a docstring, and its links lead somewhere", () => {
    expect(warnings).toEqual([]);
  });
});

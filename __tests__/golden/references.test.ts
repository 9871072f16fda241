import { changeOfFiles } from "./golden";
import { references } from "./references";

describe("schemas, the page of options and the dashboard", () => {
  it("say what stands in code", () => {
    expect(changeOfFiles(references())).toBe("");
  });
});

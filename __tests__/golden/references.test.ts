import { changeOfFiles } from "./golden";
import { references } from "./references";

describe("the schema of fleet files and the page of options", () => {
  it("say what the tables of properties say", () => {
    expect(changeOfFiles(references())).toBe("");
  });
});

import { changeOfFiles } from "./golden";
import { references } from "./references";

describe("generated references", () => {
  it("schemas, the page of options and the dashboard match the code", () => {
    expect(changeOfFiles(references())).toBe("");
  });
});

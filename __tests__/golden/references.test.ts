import { changeOfFiles } from "./golden";
import { references } from "./references";

describe("files made from code", () => {
  it("Schemas, reference pages and the dashboard are those that the code makes", async () => {
    expect(changeOfFiles(await references())).toBe("");
  });
});

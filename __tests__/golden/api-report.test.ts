import { API_REPORT, apiReport } from "./api-report";
import { changeOfFiles } from "./golden";

describe("the types of the package", () => {
  it("are those of the golden report", () => {
    expect(changeOfFiles({ [API_REPORT]: apiReport() })).toBe("");
  });
});

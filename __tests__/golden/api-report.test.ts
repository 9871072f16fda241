import { API_REPORT, apiReport } from "./api-report";
import { changeOfFiles } from "./golden";

describe("the API report", () => {
  it("the types of the package match the golden API report", () => {
    expect(changeOfFiles({ [API_REPORT]: apiReport() })).toBe("");
  });
});

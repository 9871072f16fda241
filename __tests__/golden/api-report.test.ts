import { apiReport } from "./api-report";
import { changeOfApi } from "./golden";

describe("the types of the package", () => {
  it("are those of the golden report", () => {
    expect(changeOfApi(apiReport())).toBe("");
  });
});

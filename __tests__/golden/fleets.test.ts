import { fleetTexts } from "./fleets";
import { changeOfFleets } from "./golden";

describe("synthesized files of fleets", () => {
  it("fleets synthesize exactly the golden files, in any folder", () => {
    expect(changeOfFleets(fleetTexts("Grüße aus Ulm"))).toBe("");
  });
});

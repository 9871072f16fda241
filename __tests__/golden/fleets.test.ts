import { fleetTexts } from "./fleets";
import { changeOfFleets } from "./golden";

describe("the files that fleets are synthesized to", () => {
  it("are the golden ones to the byte, and no others, wherever that is done", () => {
    expect(changeOfFleets(fleetTexts("Grüße aus Ulm"))).toBe("");
  });
});

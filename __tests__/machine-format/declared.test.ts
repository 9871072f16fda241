import { formatPassword, parsePassword } from "../../lib/machine-format/declared";

describe("formatPassword and parsePassword", () => {
  it.each([
    { variable: "plant", version: 1, iterations: 2048 },
    { variable: "_P2", version: 12, iterations: 600_000 },
  ])("parsePassword reads what formatPassword writes: %p", (password) => {
    expect(parsePassword(formatPassword(password))).toEqual(password);
  });

  it.each([
    "",
    "plant",
    "plant/1",
    "plant/1/",
    "/1/2048",
    "1plant/1/2048",
    "plant/1/2048/1",
    "plant/a/2048",
    " plant/1/2048",
  ])("parsePassword finds no password in %j", (text) => {
    expect(parsePassword(text)).toBeUndefined();
  });
});

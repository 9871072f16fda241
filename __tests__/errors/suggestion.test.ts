import { suggest } from "../../lib/errors";

describe("suggest", () => {
  it.each([
    ["adress", ["address", "duration"], "did you mean address?"],
    ["Duration", ["address", "duration"], "did you mean duration?"],
    ["duartion", ["address", "duration"], "did you mean duration?"],
    ["passphrase", ["passwordVariable", "passphraseVariable"], "did you mean passphraseVariable?"],
    ["certificateKey", ["certificatePem", "keyFile"], "choose from certificatePem, keyFile"],
    ["statePasswordVariable", ["passwordVariable", "backend"], "choose from passwordVariable, backend"],
    ["ttl", ["address", "duration"], "choose from address, duration"],
  ])("suggest answers %p of %p with %p", (name, known, fix) => {
    expect(suggest(name, known)).toBe(fix);
  });

  it("suggest lists at most thirty names", () => {
    const names = Array.from({ length: 32 }, (_, index) => `mqtt-${index}.example.com`);

    expect(suggest("x", names)).toMatch(/^choose from mqtt-0\.example\.com, .* mqtt-29\.example\.com, and 2 more$/);
  });
});

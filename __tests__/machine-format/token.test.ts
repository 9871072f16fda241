import { RULES } from "../../lib/machine-format/rules";
import { formatToken, parseToken } from "../../lib/machine-format/token";

describe("formatToken and parseToken", () => {
  it.each(RULES.map(({ words }) => words))("parseToken separates the time and the words of a token: %s", (words) => {
    const token = { time: "2026-01-05T09:00:00Z", words };

    expect(formatToken(token)).toBe(`2026-01-05T09:00:00Z ${words}`);
    expect(parseToken(formatToken(token))).toEqual(token);
  });
});

import {
  authorityFiles,
  type FileNames,
  RULES,
  ruleWith,
  SERVER_FILES,
  TRUST_RULES,
  wordsOf,
} from "../../lib/machine-format/rules";

const FILES: readonly FileNames[] = [
  SERVER_FILES,
  ...[1, 2, 12].flatMap((generation) => [true, false].map((isAlone) => authorityFiles(generation, isAlone))),
];

const CASES = RULES.flatMap((rule) =>
  FILES.flatMap((files) =>
    [false, true].map((isElsewhere) => ({ rule, words: wordsOf(rule, files, isElsewhere), files })),
  ),
);

describe("RULES", () => {
  it("ruleWith finds each rule by its words, with any names of files", () => {
    for (const { rule, words } of CASES) {
      expect(ruleWith(words)).toBe(rule);
    }
    expect(ruleWith("")).toBeUndefined();
    expect(ruleWith("new key")).toBeUndefined();
  });

  it("Each rule has its own words, on one line and without an open placeholder", () => {
    const byWords = new Map(CASES.map(({ rule, words }) => [words, rule]));

    for (const { rule, words } of CASES) {
      expect(byWords.get(words)).toBe(rule);
      expect(words).toMatch(/^[a-z][^{}\n"$%]*$/);
    }
  });

  it("The words of a rule say what is new, for a key made on this machine", () => {
    for (const { key, certificate, words } of RULES) {
      expect(words.startsWith("new key and certificate") || words === "new").toBe(key === "new");
      expect(words.startsWith("new certificate, same key") || words.startsWith("adopted")).toBe(
        key === "same" && certificate === "new",
      );
    }
  });

  it("No rule makes a key without a certificate for it", () => {
    expect(RULES.filter(({ key, certificate }) => key === "new" && certificate === "same")).toEqual([]);
  });

  it("Rules that compare with a record come after the rule for a missing record", () => {
    const known = RULES.findIndex(({ when }) => !when.includes("stopped") && !when.includes("unknown"));

    expect(RULES.slice(known).filter(({ when }) => when.includes("unknown"))).toEqual([]);
    expect(RULES[known - 1]?.when).toEqual(["unknown"]);
  });

  it("Each rule of TRUST_RULES has its own words", () => {
    expect(new Set(TRUST_RULES.map(({ words }) => words)).size).toBe(TRUST_RULES.length);
  });
});

describe("authorityFiles", () => {
  it("authorityFiles puts the first generation's certificate next to ca.pem if there are other generations", () => {
    expect(authorityFiles(1, true)).toEqual({ key: "ca.key", certificate: "ca.pem", other: "authority.pem" });
    expect(authorityFiles(1, false)).toEqual({ key: "ca.key", certificate: "authority.pem", other: "ca.pem" });
    expect(authorityFiles(2, false)).toEqual({ key: "ca.key", certificate: "ca.pem" });
  });
});

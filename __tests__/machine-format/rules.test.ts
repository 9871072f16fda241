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

describe("rules", () => {
  it("are found by their words, whatever the files are called", () => {
    for (const { rule, words } of CASES) {
      expect(ruleWith(words)).toBe(rule);
    }
    expect(ruleWith("")).toBeUndefined();
    expect(ruleWith("new key")).toBeUndefined();
  });

  it("have words of their own, without a name that is left open, on one line", () => {
    const byWords = new Map(CASES.map(({ rule, words }) => [words, rule]));

    for (const { rule, words } of CASES) {
      expect(byWords.get(words)).toBe(rule);
      expect(words).toMatch(/^[a-z][^{}\n"$%]*$/);
    }
  });

  it("say in their words what is made anew, where the key is made here", () => {
    for (const { key, certificate, words } of RULES) {
      expect(words.startsWith("new key and certificate") || words === "new").toBe(key === "new");
      expect(words.startsWith("new certificate, same key") || words.startsWith("adopted")).toBe(
        key === "same" && certificate === "new",
      );
    }
  });

  it("make no key without a certificate for it", () => {
    expect(RULES.filter(({ key, certificate }) => key === "new" && certificate === "same")).toEqual([]);
  });

  it("ask nothing of a record where there is none", () => {
    const known = RULES.findIndex(({ when }) => !when.includes("stopped") && !when.includes("unknown"));

    expect(RULES.slice(known).filter(({ when }) => when.includes("unknown"))).toEqual([]);
    expect(RULES[known - 1]?.when).toEqual(["unknown"]);
  });

  it("of what clients trust have words of their own", () => {
    expect(new Set(TRUST_RULES.map(({ words }) => words)).size).toBe(TRUST_RULES.length);
  });
});

describe("authorityFiles", () => {
  it("has a first generation's certificate beside ca.pem, which has all, where there are others", () => {
    expect(authorityFiles(1, true)).toEqual({ key: "ca.key", certificate: "ca.pem", other: "authority.pem" });
    expect(authorityFiles(1, false)).toEqual({ key: "ca.key", certificate: "authority.pem", other: "ca.pem" });
    expect(authorityFiles(2, false)).toEqual({ key: "ca.key", certificate: "ca.pem" });
  });
});

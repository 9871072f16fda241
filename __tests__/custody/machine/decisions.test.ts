import {
  type DecisionInputs,
  isForeign,
  isSettled,
  newToken,
  tokenAfter,
  trustWordsFor,
  wordsFor,
  wordsThatKeep,
} from "../../../lib/custody/machine/decisions";
import { EMPTY_SHA256, sha256 } from "../../../lib/machine-format/record";
import {
  authorityFiles,
  type FileNames,
  RULES,
  SERVER_FILES,
  TRUST_RULES,
  wordsOf,
} from "../../../lib/machine-format/rules";
import { hcl, reference } from "../../../lib/terraform/expression";

function inputs(files: FileNames = SERVER_FILES): DecisionInputs {
  return {
    folder: "pki/${folder}",
    files,
    record: hcl`local.records[folder]`,
    declared: hcl`server`,
    keyVersion: hcl`s.key_version`,
    issuer: hcl`local.issuers[s.generation]`,
    renewBefore: hcl`s.renew_before_hours`,
  };
}

/** The position of each text. */
function places(within: string, texts: readonly string[]): number[] {
  return texts.map((text) => within.indexOf(`"${text}"`));
}

const OF_FORMS = ["other forms are declared", "a form is missing or changed"];

/** The rules that can hold: only the user who deploys can access an authority's files, and a broker's files never move. */
function rulesOf(files: FileNames): typeof RULES {
  return RULES.filter(
    ({ when }) =>
      (files.other !== undefined || !when.includes("certificate is elsewhere")) &&
      (files.forms !== undefined || !when.some((fact) => OF_FORMS.includes(fact))) &&
      (files === SERVER_FILES || !when.includes("other access")),
  );
}

describe("wordsFor", () => {
  it.each<[string, FileNames]>([
    ["a broker", SERVER_FILES],
    ["a first generation", authorityFiles(1, true)],
    ["another generation", authorityFiles(2, false)],
  ])("wordsFor asks all rules in order, each with its words: %s", (_what, files) => {
    const rules = rulesOf(files);
    const expression = wordsFor(inputs(files));
    // The rules without a record come first.
    for (const isUnknown of [true, false]) {
      const asked = rules.filter(({ when }) => when.includes("unknown") === isUnknown);
      const found = places(
        expression,
        asked.map((rule) => wordsOf(rule, files, false)),
      );

      expect(found).not.toContain(-1);
      expect(found.toSorted((one, other) => one - other)).toEqual(found);
    }
    for (const rule of rules) {
      expect(expression).toContain(`"${wordsOf(rule, files, true)}"`);
    }
  });

  it("wordsFor looks up the record once, even if it uses it often", () => {
    expect(wordsFor(inputs()).split("local.records[folder]")).toHaveLength(2);
  });
});

describe("isSettled", () => {
  it("isSettled checks the facts of every rule, and reads each file only once", () => {
    const expression = isSettled(inputs());

    // The third is for forms, which most brokers do not have.
    expect(expression.match(/filesha256\(/g)).toHaveLength(3);
    expect(expression.match(/fileexists\(/g)).toHaveLength(3);
    for (const field of ["intent", "issuer", "key", "key_version", "password", "not_after", "token"]) {
      expect(expression).toContain(`r.${field}`);
    }
    for (const field of ["forms", "forms_sha256", "access"]) {
      expect(expression).toContain(`lookup(r, "${field}", "")`);
    }
    expect(expression).toMatch(/^can\(/);
    // `try` evaluates its argument twice.
    expect(expression).not.toMatch(/try\((?!\[for file in )/);
  });
});

describe("wordsThatKeep", () => {
  it.each<[string, FileNames]>([
    ["a broker's", SERVER_FILES],
    ["a first generation's", authorityFiles(1, false)],
  ])("wordsThatKeep returns the words of all rules that keep the certificate: %s", (_whose, files) => {
    const kept = rulesOf(files).filter(({ certificate }) => certificate === "same");

    expect(JSON.parse(wordsThatKeep(files))).toEqual(kept.map((rule) => wordsOf(rule, files, false)));
  });
});

describe("isForeign", () => {
  it("isForeign accepts a broker's missing key, but not an authority's", () => {
    expect(isForeign(inputs(), hcl`false`, true)).toContain(`"${EMPTY_SHA256}"`);
    expect(isForeign(inputs(), hcl`false`, false)).not.toContain(EMPTY_SHA256);
  });
});

describe("trustWordsFor", () => {
  it("trustWordsFor asks all rules in order", () => {
    const found = places(
      trustWordsFor("pki", reference("local.trust_record"), reference("local.certificates")),
      TRUST_RULES.map(({ words }) => words),
    );

    expect(found).not.toContain(-1);
    expect(found.toSorted((one, other) => one - other)).toEqual(found);
  });
});

it("newToken uses the time of the plan, and tokenAfter keeps the old token if there are no words", () => {
  expect(newToken("removes a")).toBe('"${plantimestamp()} removes a"');
  expect(tokenAfter(reference("local.record"), reference("local.words"))).toBe(
    '(local.words == "" ? local.record.token : "${plantimestamp()} ${local.words}")',
  );
});

it("EMPTY_SHA256 is the hash of a file without content", () => {
  expect(EMPTY_SHA256).toBe(sha256(""));
});

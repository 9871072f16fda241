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

/** Where each text is. */
function places(within: string, texts: readonly string[]): number[] {
  return texts.map((text) => within.indexOf(`"${text}"`));
}

const OF_FORMS = ["other forms are declared", "a form is missing or changed"];

/** Those that can hold: nobody but who deploys gets at an authority's files, and a broker's are where they are. */
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
  ])("asks all rules in their order, each with its words: %s", (_what, files) => {
    const rules = rulesOf(files);
    const expression = wordsFor(inputs(files));
    // Those without a record are asked apart.
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

  it("looks up the record once, however often it is asked", () => {
    expect(wordsFor(inputs()).split("local.records[folder]")).toHaveLength(2);
  });
});

describe("isSettled", () => {
  it("asks what a rule asks, and reads each file at one place, where it is one", () => {
    const expression = isSettled(inputs());

    // The third is of forms, of which most brokers have none.
    expect(expression.match(/filesha256\(/g)).toHaveLength(3);
    expect(expression.match(/fileexists\(/g)).toHaveLength(3);
    for (const field of ["intent", "issuer", "key", "key_version", "password", "not_after", "token"]) {
      expect(expression).toContain(`r.${field}`);
    }
    for (const field of ["forms", "forms_sha256", "access"]) {
      expect(expression).toContain(`lookup(r, "${field}", "")`);
    }
    expect(expression).toMatch(/^can\(/);
    // What `try` is given is evaluated twice.
    expect(expression).not.toMatch(/try\((?!\[for file in )/);
  });
});

describe("wordsThatKeep", () => {
  it.each<[string, FileNames]>([
    ["a broker's", SERVER_FILES],
    ["a first generation's", authorityFiles(1, false)],
  ])("are those of all rules that leave the certificate as it is: %s", (_whose, files) => {
    const kept = rulesOf(files).filter(({ certificate }) => certificate === "same");

    expect(JSON.parse(wordsThatKeep(files))).toEqual(kept.map((rule) => wordsOf(rule, files, false)));
  });
});

describe("isForeign", () => {
  it("lets a broker's key be missing, and no authority's", () => {
    expect(isForeign(inputs(), hcl`false`, true)).toContain(`"${EMPTY_SHA256}"`);
    expect(isForeign(inputs(), hcl`false`, false)).not.toContain(EMPTY_SHA256);
  });
});

describe("trustWordsFor", () => {
  it("asks all rules in their order", () => {
    const found = places(
      trustWordsFor("pki", reference("local.trust_record"), reference("local.certificates")),
      TRUST_RULES.map(({ words }) => words),
    );

    expect(found).not.toContain(-1);
    expect(found.toSorted((one, other) => one - other)).toEqual(found);
  });
});

it("gives a token the time of the plan, and leaves one where there are no words", () => {
  expect(newToken("removes a")).toBe('"${plantimestamp()} removes a"');
  expect(tokenAfter(reference("local.record"), reference("local.words"))).toBe(
    '(local.words == "" ? local.record.token : "${plantimestamp()} ${local.words}")',
  );
});

it("knows the hash of a file without content", () => {
  expect(EMPTY_SHA256).toBe(sha256(""));
});

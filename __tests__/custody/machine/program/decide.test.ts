import {
  digestOf,
  isForeign,
  ruleFor,
  type Situation,
  trustWordsFor,
  wordsFor,
} from "../../../../lib/custody/machine/program/decide";
import { sha256 } from "../../../../lib/machine-format/record";
import { authorityFiles, RULES, SERVER_FILES, TRUST_RULES } from "../../../../lib/machine-format/rules";

const RECORD = {
  token: "2025-06-01T09:00:00Z new",
  intent: "intent",
  issuer: "issuer",
  key: "RSA-2048",
  key_version: "1",
  password: "p/1/2048",
  not_after: "2026-06-01T09:00:00Z",
  key_sha256: "key hash",
  certificate_sha256: "certificate hash",
  forms: "",
  forms_sha256: "",
};

const FORMS = { forms: "pkcs12 pem-key plant/1", forms_sha256: "store-hash copy-hash" };
const FORM_FILES = { "server.p12": "store-hash", "server.pem.key": "copy-hash" };

const DECLARED = { key: "RSA-2048", key_version: "1", intent: "intent", password: "p/1/2048", renew_before_hours: 240 };

/** A situation in which nothing is due. */
function situation(
  change: Partial<Situation> = {},
  files: Readonly<Record<string, string | undefined>> = {},
): Situation {
  const there: Readonly<Record<string, string | undefined>> = {
    "server.key": "key hash",
    "server.pem": "certificate hash",
    ...files,
  };
  return {
    files: SERVER_FILES,
    record: RECORD,
    isStopped: false,
    declared: DECLARED,
    issuer: "issuer",
    hashOf: (file) => there[file],
    time: new Date("2026-01-05T09:00:00Z"),
    ...change,
  };
}

const ELSEWHERE = { declared: { ...DECLARED, key: "none" }, record: { ...RECORD, key: "none", key_sha256: "" } };
const NONE = { "server.key": undefined, "server.pem": undefined };

const CASES: readonly [words: string, situation: Situation][] = [
  ["finished: a deployment was stopped", situation({ isStopped: true })],
  ["new", situation({ record: undefined }, NONE)],
  ["new", situation({ record: undefined }, { ...NONE, "server.pem": "certificate hash" })],
  ["adopted: a key exists", situation({ record: undefined })],
  ["adopted: a certificate exists", situation({ record: undefined, declared: ELSEWHERE.declared })],
  ["new key and certificate: server.key is missing", situation({}, { "server.key": undefined })],
  ["new key and certificate: server.key is missing", situation({}, { "server.key": sha256("") })],
  ["new key and certificate: another algorithm is declared", situation({ declared: { ...DECLARED, key: "Ed25519" } })],
  ["new certificate: its key is no longer made here", situation({ declared: ELSEWHERE.declared })],
  [
    "same key and certificate: other forms are declared",
    situation({ declared: { ...DECLARED, forms: "pkcs12 plant/1" } }),
  ],
  ["same key and certificate: other forms are declared", situation({ record: { ...RECORD, ...FORMS } }, FORM_FILES)],
  [
    "same key and certificate: other forms are declared",
    situation(
      { record: { ...RECORD, ...FORMS }, declared: { ...DECLARED, forms: "pkcs12 pem-key plant/2" } },
      FORM_FILES,
    ),
  ],
  [
    "same key and certificate: a form is missing or changed",
    situation(
      { record: { ...RECORD, ...FORMS }, declared: { ...DECLARED, forms: FORMS.forms } },
      { ...FORM_FILES, "server.p12": undefined },
    ),
  ],
  ["", situation({ record: { ...RECORD, ...FORMS }, declared: { ...DECLARED, forms: FORMS.forms } }, FORM_FILES)],
  [
    "new key and certificate: another version of the key is declared",
    situation({ declared: { ...DECLARED, key_version: "2" } }),
  ],
  ["new certificate, same key: server.pem is missing or changed", situation({}, { "server.pem": "another" })],
  ["new certificate: server.pem is missing or changed", situation(ELSEWHERE, { "server.pem": undefined })],
  ["new certificate, same key: another is declared", situation({ declared: { ...DECLARED, intent: "other" } })],
  ["new certificate, same key: its authority's certificate changed", situation({ issuer: "" })],
  ["new certificate, same key: the old one is due", situation({ time: new Date("2026-05-22T09:00:00Z") })],
  ["", situation({ time: new Date("2026-05-22T08:59:59Z") })],
  [
    "same key and certificate: another password is declared",
    situation({ declared: { ...DECLARED, password: "p/1/600000" } }),
  ],
  [
    "same key and certificate: other access is declared",
    situation({ declared: { ...DECLARED, access: "mosquitto: 0600 0711" } }),
  ],
  ["same key and certificate: other access is declared", situation({ record: { ...RECORD, access: ":a 0640 0750" } })],
  [
    "",
    situation({
      declared: { ...DECLARED, access: ":a 0640 0750" },
      record: { ...RECORD, access: ":a 0640 0750" },
    }),
  ],
  [
    "same key and certificate: moved from ca.pem to authority.pem",
    situation({ files: authorityFiles(1, false) }, { "ca.key": "key hash", "ca.pem": "certificate hash" }),
  ],
];

describe("wordsFor", () => {
  it("wordsFor returns no words if all files are as declared and recorded", () => {
    expect(wordsFor(situation())).toBe("");
    expect(wordsFor(situation(ELSEWHERE, { "server.key": undefined }))).toBe("");
    expect(ruleFor(situation())).toBeUndefined();
  });

  it.each(CASES)("wordsFor returns the words %j", (words, given) => {
    expect(wordsFor(given)).toBe(words);
  });

  it("ruleFor returns the first rule that holds: a new key before a re-issue, a re-issue before a password", () => {
    const kinds = [
      situation({ record: undefined, issuer: "" }, NONE),
      situation({ issuer: "", declared: { ...DECLARED, key: "Ed25519", intent: "other" } }),
      situation({ issuer: "", declared: { ...DECLARED, intent: "other", password: "" } }),
      situation({ issuer: "", declared: { ...DECLARED, password: "" } }),
    ].map((given) => ruleFor(given)?.kind);

    expect(kinds).toEqual(["new", "re-keyed", "re-issued", "other authority"]);
  });

  it("ruleFor returns each rule in some situation", () => {
    expect(new Set(CASES.map(([, given]) => ruleFor(given)))).toEqual(new Set([...RULES, undefined]));
  });
});

describe("isForeign", () => {
  const options = { hasConsent: false, mayKeyBeMissing: true };

  it.each<[string, Situation, boolean]>([
    ["what is on record", situation(), false],
    ["another key than on record", situation({}, { "server.key": "another" }), true],
    ["a key that is missing", situation({}, { "server.key": undefined }), false],
    ["a key without content", situation({}, { "server.key": sha256("") }), false],
    ["a key without a record", situation({ record: undefined }, { "server.pem": undefined }), true],
    ["a certificate without a record", situation({ record: undefined }, { "server.key": undefined }), true],
    ["nothing", situation({ record: undefined }, NONE), false],
    ["what a stopped run left", situation({ isStopped: true }, { "server.key": "another" }), false],
  ])("isForeign decides on %s", (_what, given, expected) => {
    expect(isForeign(given, options)).toBe(expected);
  });

  it("isForeign accepts files without a record if there is consent, but not another key than recorded", () => {
    expect(isForeign(situation({ record: undefined }), { ...options, hasConsent: true })).toBe(false);
    expect(isForeign(situation({}, { "server.key": "another" }), { ...options, hasConsent: true })).toBe(true);
  });

  it("isForeign reports a missing key if no new key can replace it, as for an authority", () => {
    expect(isForeign(situation({}, { "server.key": undefined }), { ...options, mayKeyBeMissing: false })).toBe(true);
    expect(isForeign(situation(), { ...options, mayKeyBeMissing: false })).toBe(false);
  });
});

describe("trustWordsFor", () => {
  const record = { token: "t", files: "ca.pem", certificates: "one two", sha256: "hash" };

  it.each([
    [undefined, "one two", "hash", "new"],
    [record, "one", "hash", "its certificates changed"],
    [record, "one two", undefined, "ca.pem is missing or changed"],
    [record, "one two", "another", "ca.pem is missing or changed"],
    [record, "one two", "hash", ""],
  ])("trustWordsFor returns the words of the rule that holds: case %#", (known, certificates, hash, words) => {
    expect(trustWordsFor(known, certificates, hash)).toBe(words);
    expect(["", ...TRUST_RULES.map((rule) => rule.words)]).toContain(words);
  });
});

describe("digestOf", () => {
  it("digestOf depends on each token, but not on their order", () => {
    const tokens = new Map([
      ["brokers/a.b", "one"],
      ["brokers/c.d", "two"],
    ]);

    expect(digestOf(new Map([...tokens].toReversed()))).toBe(digestOf(tokens));
    expect(digestOf(tokens)).toBe(sha256("brokers/a.b one\nbrokers/c.d two"));
    expect(digestOf(new Map([...tokens, ["brokers/c.d", "three"]]))).not.toBe(digestOf(tokens));
    expect(digestOf(new Map())).toBe(sha256(""));
  });
});

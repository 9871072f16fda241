/**
 * The rules of custody `machine`, as data: what it makes of the existing files, and why.
 *
 * The plan evaluates them in Terraform's language (`lib/custody/machine/decisions.ts` writes that), the program that issues
 * evaluates them again (`lib/custody/machine/program/decide.ts`), and the command line looks up their words.
 */
import { BROKER_FORM_FILES, type TrustForm } from "../values/files/forms";

/** The facts about a key, a certificate, their record and their declaration that a rule depends on. */
export type Fact =
  /** A deployment was stopped while it put them in place. */
  | "stopped"
  /** They have no record. */
  | "unknown"
  /** The key stays where it was made: on the broker, or with an imported authority. */
  | "elsewhere"
  | "key is there"
  | "certificate is there"
  /** The key is made here, and its file is missing. */
  | "key is missing"
  | "another algorithm"
  | "another key version"
  /** The certificate has its other name: the authority now has further generations, or no longer has them. */
  | "certificate is elsewhere"
  | "certificate is missing or changed"
  | "another certificate is declared"
  | "another authority certificate"
  | "due"
  | "another password"
  | "other forms are declared"
  | "a form is missing or changed"
  /** The declared access to a broker's files has changed. */
  | "other access";

/** Whether a key or a certificate is replaced. */
type Fate = "new" | "same";

/** A rule applies if all facts of `when` hold, and no earlier rule applies. */
export interface Rule {
  readonly when: readonly Fact[];
  /** The words for a reviewer. `{key}`, `{certificate}` and `{other}` are names of files. */
  readonly words: string;
  /** Other words if the key is not made here. */
  readonly wordsElsewhere?: string;
  readonly key: Fate;
  readonly certificate: Fate;
  /** The kind of change, for reports. */
  readonly kind: "stopped" | "adopted" | "new" | "re-keyed" | "re-issued" | "other authority" | "renewed" | "recorded";
}

/** The rules, in order: the first one that applies decides. */
export const RULES: readonly Rule[] = [
  // It needs a new token: the state may already have the token of the stopped deployment.
  {
    when: ["stopped"],
    words: "finished: a deployment was stopped",
    key: "same",
    certificate: "same",
    kind: "stopped",
  },
  {
    when: ["unknown", "key is there"],
    words: "adopted: a key exists",
    key: "same",
    certificate: "new",
    kind: "adopted",
  },
  {
    when: ["unknown", "elsewhere", "certificate is there"],
    words: "adopted: a certificate exists",
    key: "same",
    certificate: "new",
    kind: "adopted",
  },
  { when: ["unknown"], words: "new", key: "new", certificate: "new", kind: "new" },
  {
    when: ["key is missing"],
    words: "new key and certificate: {key} is missing",
    key: "new",
    certificate: "new",
    kind: "re-keyed",
  },
  {
    when: ["another algorithm"],
    words: "new key and certificate: another algorithm is declared",
    wordsElsewhere: "new certificate: its key is no longer made here",
    key: "new",
    certificate: "new",
    kind: "re-keyed",
  },
  {
    when: ["another key version"],
    words: "new key and certificate: another version of the key is declared",
    key: "new",
    certificate: "new",
    kind: "re-keyed",
  },
  {
    when: ["certificate is elsewhere"],
    words: "same key and certificate: moved from {other} to {certificate}",
    key: "same",
    certificate: "same",
    kind: "recorded",
  },
  {
    when: ["certificate is missing or changed"],
    words: "new certificate, same key: {certificate} is missing or changed",
    wordsElsewhere: "new certificate: {certificate} is missing or changed",
    key: "same",
    certificate: "new",
    kind: "re-issued",
  },
  {
    when: ["another certificate is declared"],
    words: "new certificate, same key: another is declared",
    wordsElsewhere: "new certificate: another is declared",
    key: "same",
    certificate: "new",
    kind: "re-issued",
  },
  {
    when: ["another authority certificate"],
    words: "new certificate, same key: its authority's certificate changed",
    wordsElsewhere: "new certificate: its authority's certificate changed",
    key: "same",
    certificate: "new",
    kind: "other authority",
  },
  {
    when: ["due"],
    words: "new certificate, same key: the old one is due",
    wordsElsewhere: "new certificate: the old one is due",
    key: "same",
    certificate: "new",
    kind: "renewed",
  },
  {
    when: ["another password"],
    words: "same key and certificate: another password is declared",
    key: "same",
    certificate: "same",
    kind: "recorded",
  },
  {
    when: ["other forms are declared"],
    words: "same key and certificate: other forms are declared",
    key: "same",
    certificate: "same",
    kind: "recorded",
  },
  {
    when: ["a form is missing or changed"],
    words: "same key and certificate: a form is missing or changed",
    key: "same",
    certificate: "same",
    kind: "recorded",
  },
  {
    when: ["other access"],
    words: "same key and certificate: other access is declared",
    key: "same",
    certificate: "same",
    kind: "recorded",
  },
];

/** The facts about the file of trust anchors. */
export type TrustFact = "unknown" | "other certificates" | "missing or changed";

export interface TrustRule {
  readonly when: TrustFact;
  readonly words: string;
}

/** The rules for the file of trust anchors, in order. */
export const TRUST_RULES: readonly TrustRule[] = [
  { when: "unknown", words: "new" },
  { when: "other certificates", words: "its certificates changed" },
  { when: "missing or changed", words: "ca.pem is missing or changed" },
];

/** The facts about a further form of the trust anchors. */
export type TrustFormFact = TrustFact | "another password";

export interface TrustFormRule {
  readonly when: TrustFormFact;
  /** The words for a reviewer. `{files}` stands for the names of its files. */
  readonly words: string;
}

/** The rules for a further form of the trust anchors, in order. */
export const TRUST_FORM_RULES: readonly TrustFormRule[] = [
  { when: "unknown", words: "new" },
  { when: "other certificates", words: "its certificates changed" },
  { when: "another password", words: "another password is declared" },
  { when: "missing or changed", words: "{files} is missing or changed" },
];

/** The names of each form's files in the words of its rules: below the PEM directory. */
const TRUST_FORM_NAMES: Readonly<Record<TrustForm, string>> = {
  pem: "a file of trust/ca-*.pem",
  der: "a file of trust/ca-*.der",
  "c-header": "trust/ca.h",
  pkcs12: "trust/truststore.p12",
};

export function trustFormWords({ words }: TrustFormRule, form: TrustForm): string {
  return words.replace("{files}", TRUST_FORM_NAMES[form]);
}

/**
 * The files of a form, below the PEM directory.
 *
 * @param generations the numbers of the generations that clients trust
 */
export function trustFormFiles(form: TrustForm, generations: readonly (number | string)[]): readonly string[] {
  switch (form) {
    case "pem":
    case "der":
      return generations.map((generation) => `trust/ca-${generation}.${form}`);
    case "c-header":
    case "pkcs12":
      return [TRUST_FORM_NAMES[form]];
  }
}

/** The names of files in a rule's words. */
export interface FileNames {
  readonly key: string;
  readonly certificate: string;
  /** The certificate's other name, which it gets if the authority gets further generations, or no longer has them. */
  readonly other?: string;
  /** The files of further forms of both, by form. */
  readonly forms?: Readonly<Record<string, string>>;
}

/** A broker's files, in its folder. */
export const SERVER_FILES = {
  key: "server.key",
  certificate: "server.pem",
  forms: BROKER_FORM_FILES,
} as const satisfies FileNames;

/** The names of all files of a broker, the key first. */
export const ALL_SERVER_FILES: readonly string[] = [
  SERVER_FILES.key,
  SERVER_FILES.certificate,
  ...Object.values(SERVER_FILES.forms),
];

/** The possible file names of a generation of an authority: {@link authorityFiles} chooses. */
const AUTHORITY_FILES: readonly FileNames[] = [
  { key: "ca.key", certificate: "ca.pem", other: "authority.pem" },
  { key: "ca.key", certificate: "authority.pem", other: "ca.pem" },
  { key: "ca.key", certificate: "ca.pem" },
];

/**
 * The file names of a generation of an authority, in its folder.
 *
 * @param generation its number
 * @param isAlone whether it is the only generation that clients trust
 */
export function authorityFiles(generation: number, isAlone: boolean): FileNames {
  const index = generation > 1 ? 2 : isAlone ? 0 : 1;
  return AUTHORITY_FILES[index] ?? SERVER_FILES;
}

/** A rule's words for files with these names. */
export function wordsOf(rule: Rule, files: FileNames, isElsewhere: boolean): string {
  const words = isElsewhere ? (rule.wordsElsewhere ?? rule.words) : rule.words;
  return words
    .replace("{key}", files.key)
    .replace("{certificate}", files.certificate)
    .replace("{other}", files.other ?? "");
}

/** The rule with these words; undefined if no rule has them. */
export function ruleWith(words: string): Rule | undefined {
  return BY_WORDS.get(words);
}

const BY_WORDS: ReadonlyMap<string, Rule> = new Map(
  RULES.flatMap((rule) =>
    [SERVER_FILES, ...AUTHORITY_FILES].flatMap((files) =>
      [false, true].map((isElsewhere) => [wordsOf(rule, files, isElsewhere), rule] as const),
    ),
  ),
);

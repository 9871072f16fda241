/**
 * What custody `machine` makes of the files that are there, and why: the rules, as data.
 *
 * The plan evaluates them in Terraform's language (`lib/custody/machine/decisions.ts` writes that), the program that issues
 * evaluates them once more (`lib/custody/machine/program/decide.ts`), and the command line looks up their words.
 */
import { BROKER_FORM_FILES, type TrustForm } from "../values/files/forms";

/** What a rule asks of a key, a certificate, their record, and what is declared for them. */
export type Fact =
  /** A deployment that was to make them was stopped when they were on their way to their place. */
  | "stopped"
  /** There is no record of them. */
  | "unknown"
  /** The key was made elsewhere, and stays there. */
  | "elsewhere"
  | "key is there"
  | "certificate is there"
  /** It is made here, and it is not there. */
  | "key is missing"
  | "another algorithm"
  | "another key version"
  /** It is under the name that it has where an authority has other generations, or no longer has them. */
  | "certificate is elsewhere"
  | "certificate is missing or changed"
  | "another certificate is declared"
  | "another authority certificate"
  | "due"
  | "another password"
  | "other forms are declared"
  | "a form is missing or changed"
  /** Others are to get at the files of a broker. */
  | "other access";

/** What becomes of a key or a certificate. */
type Fate = "new" | "same";

/** Where all of `when` holds, and no rule before it does, that is what is made. */
export interface Rule {
  readonly when: readonly Fact[];
  /** For a reviewer. `{key}`, `{certificate}` and `{other}` are names of files. */
  readonly words: string;
  /** Where the key is made elsewhere, and that is to be said in another way. */
  readonly wordsElsewhere?: string;
  readonly key: Fate;
  readonly certificate: Fate;
  /** What a reviewer has to know of it beside that. */
  readonly kind: "stopped" | "adopted" | "new" | "re-keyed" | "re-issued" | "other authority" | "renewed" | "recorded";
}

/** In the order in which they are asked. */
export const RULES: readonly Rule[] = [
  // Not with the old token: the state may have it, of the deployment that was stopped.
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
    wordsElsewhere: "new certificate: its key is made elsewhere",
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

/** What asks whether the one file with the certificates that clients trust is to be written. */
export type TrustFact = "unknown" | "other certificates" | "missing or changed";

export interface TrustRule {
  readonly when: TrustFact;
  readonly words: string;
}

/** In the order in which they are asked. */
export const TRUST_RULES: readonly TrustRule[] = [
  { when: "unknown", words: "new" },
  { when: "other certificates", words: "its certificates changed" },
  { when: "missing or changed", words: "ca.pem is missing or changed" },
];

/** What asks whether a further form of what clients trust is to be written. */
export type TrustFormFact = TrustFact | "another password";

export interface TrustFormRule {
  readonly when: TrustFormFact;
  /** For a reviewer. `{files}` is what its files are called. */
  readonly words: string;
}

/** In the order in which they are asked. */
export const TRUST_FORM_RULES: readonly TrustFormRule[] = [
  { when: "unknown", words: "new" },
  { when: "other certificates", words: "its certificates changed" },
  { when: "another password", words: "another password is declared" },
  { when: "missing or changed", words: "{files} is missing or changed" },
];

/** What the files of each form are called, for its rules' words: below the PEM directory. */
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
 * @param generations the numbers of those that clients trust
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

/** Names of files, for a rule's words. */
export interface FileNames {
  readonly key: string;
  readonly certificate: string;
  /** What the certificate is called where its authority has other generations, or no longer has them. */
  readonly other?: string;
  /** Further forms of both, by their names. */
  readonly forms?: Readonly<Record<string, string>>;
}

/** A broker's files, in its folder. */
export const SERVER_FILES = {
  key: "server.key",
  certificate: "server.pem",
  forms: BROKER_FORM_FILES,
} as const satisfies FileNames;

/** The names of all of them, the key first. */
export const ALL_SERVER_FILES: readonly string[] = [
  SERVER_FILES.key,
  SERVER_FILES.certificate,
  ...Object.values(SERVER_FILES.forms),
];

/** Those of a generation of an authority, in its folder: {@link authorityFiles} tells which. */
const AUTHORITY_FILES: readonly FileNames[] = [
  { key: "ca.key", certificate: "ca.pem", other: "authority.pem" },
  { key: "ca.key", certificate: "authority.pem", other: "ca.pem" },
  { key: "ca.key", certificate: "ca.pem" },
];

/**
 * @param generation its number
 * @param isAlone whether clients trust no other
 */
export function authorityFiles(generation: number, isAlone: boolean): FileNames {
  const index = generation > 1 ? 2 : isAlone ? 0 : 1;
  return AUTHORITY_FILES[index] ?? SERVER_FILES;
}

/** A rule's words for a key and certificate with these names. */
export function wordsOf(rule: Rule, files: FileNames, isElsewhere: boolean): string {
  const words = isElsewhere ? (rule.wordsElsewhere ?? rule.words) : rule.words;
  return words
    .replace("{key}", files.key)
    .replace("{certificate}", files.certificate)
    .replace("{other}", files.other ?? "");
}

/** The rule that has those words; undefined where none has. */
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

import { NO_KEY } from "../../../machine-format/declared";
import { formHashes } from "../../../machine-format/forms";
import {
  type CertificateRecord,
  EMPTY_SHA256,
  sha256,
  type TrustFormRecord,
  type TrustRecord,
} from "../../../machine-format/record";
import {
  type Fact,
  type FileNames,
  type Rule,
  RULES,
  TRUST_FORM_RULES,
  TRUST_RULES,
  type TrustFact,
  type TrustFormFact,
  trustFormWords,
  wordsOf,
} from "../../../machine-format/rules";
import type { TrustForm } from "../../../values/files/forms";
import { isDue } from "../../../values/renewal";

/** A key, a certificate, their record and their declaration. */
export interface Situation {
  readonly files: FileNames;
  /** Undefined without a record. */
  readonly record: CertificateRecord | undefined;
  /** Whether the record comes from the journal of a stopped run. */
  readonly isStopped: boolean;
  readonly declared: {
    readonly key: string;
    readonly key_version: string;
    readonly intent: string;
    readonly password: string;
    readonly renew_before_hours: number;
    readonly forms?: string;
    readonly access?: string;
  };
  /** The hash of the authority's certificate: empty if the plan replaces it. */
  readonly issuer: string;
  /** The hash of a file in their folder; undefined if it is missing. */
  readonly hashOf: (file: string) => string | undefined;
  /** When the plan was made. */
  readonly time: Date;
}

/** The first rule that holds; undefined if none does. The plan evaluates the same rules in Terraform's language. */
export function ruleFor(situation: Situation): Rule | undefined {
  return RULES.find(({ when }) => when.every((fact) => holds(fact, situation)));
}

function holds(fact: Fact, situation: Situation): boolean {
  const { files, record, isStopped, declared, issuer, hashOf, time } = situation;
  const isElsewhere = declared.key === NO_KEY;
  switch (fact) {
    case "stopped":
      return isStopped;
    case "unknown":
      return record === undefined;
    case "elsewhere":
      return isElsewhere;
    case "key is there":
      return !isElsewhere && hashOf(files.key) !== undefined;
    case "certificate is there":
      return hashOf(files.certificate) !== undefined;
    case "key is missing":
      return !isElsewhere && [undefined, EMPTY_SHA256].includes(hashOf(files.key));
    case "another algorithm":
      return record?.key !== declared.key;
    case "another key version":
      return record?.key_version !== declared.key_version;
    case "certificate is elsewhere":
      return (
        files.other !== undefined &&
        hashOf(files.certificate) !== record?.certificate_sha256 &&
        hashOf(files.other) === record?.certificate_sha256
      );
    case "certificate is missing or changed":
      return hashOf(files.certificate) !== record?.certificate_sha256;
    case "another certificate is declared":
      return record?.intent !== declared.intent;
    case "another authority certificate":
      return record?.issuer !== issuer;
    case "due":
      return isDue(new Date(record?.not_after ?? ""), declared.renew_before_hours, time);
    case "another password":
      return record?.password !== declared.password;
    case "other forms are declared":
      return (record?.forms ?? "") !== (declared.forms ?? "");
    case "a form is missing or changed":
      return record !== undefined && (record.forms_sha256 ?? "") !== formHashes(record.forms ?? "", hashOf);
    case "other access":
      return (record?.access ?? "") !== (declared.access ?? "");
  }
}

/** The words of the rule that holds; empty if none does. */
export function wordsFor(situation: Situation): string {
  const rule = ruleFor(situation);
  return rule === undefined ? "" : wordsOf(rule, situation.files, situation.declared.key === NO_KEY);
}

/**
 * Whether the existing files are not this fleet's: the key differs from the record; or there is no record, but a key or a
 * certificate, and no consent to adopt them.
 */
export function isForeign(
  { files, record, isStopped, hashOf }: Situation,
  { hasConsent, mayKeyBeMissing }: { readonly hasConsent: boolean; readonly mayKeyBeMissing: boolean },
): boolean {
  if (isStopped) {
    return false;
  }
  const key = hashOf(files.key);
  if (record === undefined) {
    return (key !== undefined || hashOf(files.certificate) !== undefined) && !hasConsent;
  }
  return mayKeyBeMissing
    ? ![undefined, EMPTY_SHA256, record.key_sha256].includes(key)
    : (key ?? "") !== record.key_sha256;
}

/** The words for the file of trust anchors: empty if it stays. */
export function trustWordsFor(record: TrustRecord | undefined, certificates: string, hash: string | undefined): string {
  const facts: Readonly<Record<TrustFact, boolean>> = {
    unknown: record === undefined,
    "other certificates": record?.certificates !== certificates,
    "missing or changed": hash !== record?.sha256,
  };
  return TRUST_RULES.find(({ when }) => facts[when])?.words ?? "";
}

/** The words for a further form of the trust anchors: empty if it stays. */
export function trustFormWordsFor(
  form: TrustForm,
  record: TrustFormRecord | undefined,
  present: Pick<TrustFormRecord, "certificates" | "password" | "sha256">,
): string {
  const facts: Readonly<Record<TrustFormFact, boolean>> = {
    unknown: record === undefined,
    "other certificates": record?.certificates !== present.certificates,
    "another password": record?.password !== present.password,
    "missing or changed": record?.sha256 !== present.sha256,
  };
  const rule = TRUST_FORM_RULES.find(({ when }) => facts[when]);
  return rule === undefined ? "" : trustFormWords(rule, form);
}

/** The hash of a plan's decisions: one line per key with its token, in the order of the keys. */
export function digestOf(tokens: ReadonlyMap<string, string>): string {
  const lines = [...tokens].sort(([one], [other]) => (one < other ? -1 : 1)).map(([key, token]) => `${key} ${token}`);
  return sha256(lines.join("\n"));
}

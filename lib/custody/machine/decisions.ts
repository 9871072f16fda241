/**
 * The rules of `lib/machine-format/rules.ts` in Terraform's language.
 *
 * Engines evaluate both sides of a condition, and convert a large object to the type of another at a cost that grows with its
 * square: so no condition contains a text of a fleet's size. They evaluate the argument of `try` twice, so that a nested one is
 * evaluated four times, and the argument of `can` once: so `try` only contains small things. A broker that matches its record
 * costs one expression; only the others are checked against the rules.
 */
import { NO_KEY } from "../../machine-format/declared";
import { EMPTY_SHA256 } from "../../machine-format/record";
import {
  type Fact,
  type FileNames,
  type Rule,
  RULES,
  SERVER_FILES,
  TRUST_RULES,
  type TrustFact,
  wordsOf,
} from "../../machine-format/rules";
import {
  and,
  type Expression,
  hcl,
  holds,
  interpolate,
  letIn,
  list,
  literal,
  object,
  quoted,
  type Template,
} from "../../terraform/expression";
import { hashOf, isThere, presentHash } from "./directory-files";

/** A key, a certificate, their record and their declaration. */
export interface DecisionInputs {
  /** Their folder. */
  readonly folder: Template;
  readonly files: FileNames;
  /** The record: an object with the fields of a `CertificateRecord`. */
  readonly record: Expression;
  /** The declaration: an object with `key`, `intent` and `password`. */
  readonly declared: Expression;
  readonly keyVersion: Expression;
  /** The hash of the authority's certificate: empty if the plan replaces it. */
  readonly issuer: Expression;
  /** The time before expiry at which the certificate is due, in hours. */
  readonly renewBefore: Expression;
}

/** The facts of the record `r` and of the declaration `s`. */
function factsOf(inputs: DecisionInputs): Readonly<Record<Fact, Expression>> {
  const { folder, files, keyVersion, issuer, renewBefore } = inputs;
  const key = `${folder}/${files.key}`;
  const certificate = `${folder}/${files.certificate}`;
  const isElsewhere = hcl`s.key == ${literal(NO_KEY)}`;
  const isAsRecorded = (file: Template) => hcl`${hashOf(file)} == r.certificate_sha256`;
  return {
    stopped: hcl`r.token == "" && r.intent != ""`,
    unknown: hcl`r.intent == ""`,
    elsewhere: isElsewhere,
    "key is there": hcl`!(${isElsewhere}) && ${isThere(key)}`,
    "certificate is there": isThere(certificate),
    "key is missing": hcl`!(${isElsewhere}) && ${hashOf(key, EMPTY_SHA256)} == ${literal(EMPTY_SHA256)}`,
    "another algorithm": hcl`r.key != s.key`,
    "another key version": hcl`r.key_version != ${keyVersion}`,
    "certificate is elsewhere":
      files.other === undefined
        ? hcl`false`
        : hcl`!(${isAsRecorded(certificate)}) && ${isAsRecorded(`${folder}/${files.other}`)}`,
    "certificate is missing or changed": hcl`!(${isAsRecorded(certificate)})`,
    "another certificate is declared": hcl`r.intent != s.intent`,
    "another authority certificate": hcl`r.issuer != ${issuer}`,
    due: hcl`timecmp(plantimestamp(), timeadd(r.not_after, ${quoted(`-${interpolate(renewBefore)}h`)})) >= 0`,
    "another password": hcl`r.password != s.password`,
    "other forms are declared": hcl`${RECORDED_FORMS} != lookup(s, "forms", "")`,
    "a form is missing or changed": hcl`lookup(r, "forms_sha256", "") != ${formHashes(folder, files)}`,
    // Neither has the field if nothing is declared.
    "other access": hcl`lookup(r, "access", "") != lookup(s, "access", "")`,
  };
}

/** Without forms, neither a record nor a declaration has the field. */
const RECORDED_FORMS = hcl`lookup(r, "forms", "")`;

/** The hashes of the files of the forms in the record `r`. Without a form, it reads no file. */
function formHashes(folder: Template, { forms = {} }: FileNames): Expression {
  const names = object(Object.fromEntries(Object.entries(forms).map(([form, file]) => [form, literal(file)])));
  const file = interpolate(hcl`${names}[form]`);
  return hcl`join(" ", [for form in split(" ", ${RECORDED_FORMS}) : ${hashOf(`${folder}/${file}`)} if can(${names}[form])])`;
}

/** The first text that is not empty; empty if all are. */
export function firstOf(texts: readonly Expression[]): Expression {
  return hcl`concat([for text in ${list(texts)} : text if text != ""], [""])[0]`;
}

/** The words of the first rule that holds; empty if none does. */
export function wordsFor(inputs: DecisionInputs): Expression {
  const { files, record, declared } = inputs;
  const facts = factsOf(inputs);
  const wordsIfHolds = (rule: Rule): Expression => {
    const asked = rule.when.filter((fact) => fact !== "unknown");
    const condition = asked.length === 0 ? hcl`true` : and(asked.map((fact) => hcl`(${facts[fact]})`));
    const here = literal(wordsOf(rule, files, false));
    const elsewhere = literal(wordsOf(rule, files, true));
    const words = here === elsewhere ? here : hcl`${facts.elsewhere} ? ${elsewhere} : ${here}`;
    return hcl`${holds(condition)} ? ${words} : ""`;
  };
  const wordsWhere = (isUnknown: boolean): Expression =>
    firstOf(
      rulesFor(files)
        .filter(({ when }) => when.includes("unknown") === isUnknown)
        .map(wordsIfHolds),
    );
  // Engines do not evaluate the items that a list leaves out.
  const ifUnknown = hcl`[for s in [${declared}] : ${wordsWhere(true)} if ${facts.unknown}]`;
  const ifKnown = hcl`[for s in [${declared}] : ${wordsWhere(false)} if !(${facts.unknown})]`;
  return letIn("r", record, hcl`concat(${ifUnknown}, ${ifKnown})[0]`);
}

/** The facts that are false if both files have the recorded hashes. */
const TOLD_BY_HASHES: readonly Fact[] = ["key is missing", "certificate is missing or changed"];

/** Whether no rule holds and the key is the recorded one. It is cheap, because a plan asks it of each broker. */
export function isSettled(inputs: DecisionInputs): Expression {
  const { files, record, declared, folder } = inputs;
  const facts = factsOf(inputs);
  const asked = rulesFor(files).flatMap(({ when }) => (when.includes("unknown") ? [] : when));
  const conditions = [
    hcl`!(${facts.unknown})`,
    ...asked.filter((fact) => !TOLD_BY_HASHES.includes(fact)).map((fact) => hcl`!(${facts[fact]})`),
    hcl`${hashOf(`${folder}/${files.key}`)} == r.key_sha256`,
    hcl`${presentHash(`${folder}/${files.certificate}`)} == r.certificate_sha256`,
  ];
  return holds(letIn("r", record, letIn("s", declared, and(conditions))));
}

/** The rules that can hold for these files. */
function rulesFor(files: FileNames): readonly Rule[] {
  const never: readonly Fact[] = [
    ...(files.other === undefined ? (["certificate is elsewhere"] as const) : []),
    ...(files.forms === undefined ? (["other forms are declared", "a form is missing or changed"] as const) : []),
    ...(files === SERVER_FILES ? [] : (["other access"] as const)),
  ];
  return RULES.filter(({ when }) => !when.some((fact) => never.includes(fact)));
}

/** The words of the rules that keep the certificate, as a list. */
export function wordsThatKeep(files: FileNames): Expression {
  const kept = rulesFor(files).filter(({ certificate }) => certificate === "same");
  return literal([...new Set(kept.map((rule) => wordsOf(rule, files, false)))]);
}

/**
 * Whether the existing files are not this fleet's: the key differs from the record; or there is no record, but a key or a
 * certificate, and no consent to adopt them.
 *
 * @param mayKeyBeMissing whether a missing key is fine: a broker's is, because a new one can be made
 */
export function isForeign(inputs: DecisionInputs, consent: Expression, mayKeyBeMissing: boolean): Expression {
  const { files, record, declared, folder } = inputs;
  const facts = factsOf(inputs);
  const key = `${folder}/${files.key}`;
  const isAnyThere = hcl`${isThere(key)} || ${isThere(`${folder}/${files.certificate}`)}`;
  const isOther = mayKeyBeMissing
    ? hcl`!contains([${literal(EMPTY_SHA256)}, r.key_sha256], ${hashOf(key, EMPTY_SHA256)})`
    : hcl`${hashOf(key)} != r.key_sha256`;
  const isForeign = hcl`${facts.stopped} ? false : ${facts.unknown} ? (${isAnyThere}) && !${consent} : ${isOther}`;
  return letIn("r", record, letIn("s", declared, isForeign));
}

/**
 * The words for the file of trust anchors: empty if it stays.
 *
 * @param certificates the hashes of the declared trust anchors
 */
export function trustWordsFor(directory: Template, record: Expression, certificates: Expression): Expression {
  const facts: Readonly<Record<TrustFact, Expression>> = {
    unknown: hcl`r.token == ""`,
    "other certificates": hcl`r.certificates != ${certificates}`,
    "missing or changed": hcl`${hashOf(`${directory}/ca.pem`)} != r.sha256`,
  };
  const found = TRUST_RULES.map(({ when, words }) => hcl`${facts[when]} ? ${literal(words)} : ""`);
  return letIn("r", record, firstOf(found));
}

/** A token of this plan: its time, and the words of the rule. */
export function newToken(words: Template): Expression {
  return quoted(`\${plantimestamp()} ${words}`);
}

/** The token in a record once the plan is applied: the old one if nothing is made, so that there are no words. */
export function tokenAfter(record: Expression, words: Expression): Expression {
  return hcl`(${words} == "" ? ${record}.token : ${newToken(interpolate(words))})`;
}

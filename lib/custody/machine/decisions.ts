/**
 * The rules of `lib/machine-format/rules.ts` in Terraform's language.
 *
 * Engines evaluate both sides of a condition, and convert a large object to the type of another at a cost that grows with its
 * square: so no text of a fleet's size stands in a condition. They evaluate what `try` is given twice, so that one in another
 * is evaluated four times, and what `can` is given once: so `try` has small things in it alone. A broker that is as its record
 * says costs one expression, and the rules are asked of the others alone.
 */
import { CERTIFICATE_RECORD_FIELDS, EMPTY_SHA256, TRUST_RECORD_FIELDS } from "../../machine-format/record";
import {
  type Fact,
  type FileNames,
  type Rule,
  RULES,
  TRUST_RULES,
  type TrustFact,
  wordsOf,
} from "../../machine-format/rules";
import { NO_KEY } from "../../machine-format/declared";

/** A key, a certificate, their record and what is declared for them: expressions, but for paths, which are templates. */
export interface DecisionInputs {
  /** The folder that they are in. */
  readonly folder: string;
  readonly files: FileNames;
  /** The record: an object with the fields of a `CertificateRecord`. */
  readonly record: string;
  /** What is declared: an object with `key`, `intent` and `password`. */
  readonly declared: string;
  readonly keyVersion: string;
  /** The hash of the authority's certificate: empty where that is made anew. */
  readonly issuer: string;
  /** How long before its end the certificate is due: hours. */
  readonly renewBefore: string;
}

/** An object, as an expression. */
export function inHcl(fields: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(fields).map(([name, expression]) => `${name} = ${expression}`);
  return `{${pairs.join(", ")}}`;
}

/** Nothing that is not known while all is only validated: to look at the files would be in vain there. */
export const WHEN_PLANNED = "${substr(plantimestamp(), 0, 0)}";

/** The record where there is none. */
export const NO_RECORD = inHcl(Object.fromEntries(CERTIFICATE_RECORD_FIELDS.map((field) => [field, '""'])));
const NO_TRUST_RECORD = inHcl(Object.fromEntries(TRUST_RECORD_FIELDS.map((field) => [field, '""'])));

/** Whether a condition holds; false where it cannot be evaluated: an expression. */
function holds(condition: string): string {
  return `can([0][${condition} ? 0 : 1])`;
}

/** Whether a record `r` has every field, text in each, a token, and a time for its end: an expression. */
const IS_SOUND = holds(
  `"${CERTIFICATE_RECORD_FIELDS.map((field) => `\${r.${field}}`).join("")}\${timeadd(r.not_after, "0s")}" != "" && r.token != ""`,
);

/** Of a list of objects with `field`, the records in it that make sense, by their keys: an expression. */
export function soundRecords(contents: string, field: string): string {
  const sound = `{for key, r in content.${field} : key => r if ${IS_SOUND}}`;
  return `merge({}, [for content in ${contents} : ${sound} if can(keys(content.${field}))]...)`;
}

/** Of such a list, the record of what clients trust, where it makes sense: an expression. */
export function soundTrustRecord(contents: string): string {
  const sound = inHcl(
    Object.fromEntries(TRUST_RECORD_FIELDS.map((field) => [field, `tostring(content.trust.${field})`])),
  );
  return `concat([for content in ${contents} : ${sound} if can(${sound})], [${NO_TRUST_RECORD}])[0]`;
}

/** The text in `field` of such a list: an expression. */
export function soundText(contents: string, field: string): string {
  return `join("", [for content in ${contents} : content.${field} if can(tostring(content.${field}))])`;
}

/** A file, when a plan is made: expressions for its `name`s, none where it is no regular file, and for the text of one. */
export function regularFile(path: string): { readonly names: string; readonly text: string } {
  const cut = path.lastIndexOf("/");
  const [directory, name] = [path.slice(0, cut), path.slice(cut + 1)];
  return { names: `fileset("${directory}${WHEN_PLANNED}", "${name}")`, text: `file("${directory}/\${name}")` };
}

/** What a sealed file of records holds: a list, empty where there is none, or it is not whole. */
export function recordsIn(path: string): string {
  const { names, text } = regularFile(path);
  const parts = `[for name in ${names} : split("\\n\\n", ${text}) if can(${text})]`;
  const whole = `[for p in ${parts} : p[1] if length(p) == 2 && sha256(p[length(p) - 1]) == p[0]]`;
  return `[for text in ${whole} : jsondecode(text) if can(jsondecode(text))]`;
}

/** The records that a run wrote down which was stopped, by their keys: their tokens are empty. */
export function journalIn(path: string): string {
  const { names, text } = regularFile(path);
  const lines = `flatten([for name in ${names} : split("\\n", ${text})])`;
  const entries = `[for e in [for line in ${lines} : try(jsondecode(line), null)] : e if ${holds(`[for r in [e[1]] : can(tostring(e[0])) && ${IS_SOUND}][0]`)}]`;
  // A run may have stopped twice at the same place.
  return `{for key, all in {for e in ${entries} : e[0] => merge(e[1], {token = ""})...} : key => all[length(all) - 1]}`;
}

/** The hash of a file. It fails where there is none, or no regular file: to read a pipe would take for ever. */
function hashIn(file: string): string {
  return `[for file in ["${file}"] : filesha256(file) if fileexists(file)][0]`;
}

/** The hash of a file, and `otherwise` where it has none: an expression. */
export function hashOf(file: string, otherwise = ""): string {
  return `try(${hashIn(file)}, "${otherwise}")`;
}

/** Whether each fact holds: expressions, of the record `r` and what is declared, `s`. */
function factsOf({ folder, files, keyVersion, issuer, renewBefore }: DecisionInputs): Readonly<Record<Fact, string>> {
  const key = `${folder}/${files.key}`;
  const certificate = `${folder}/${files.certificate}`;
  const isElsewhere = `s.key == "${NO_KEY}"`;
  const isAsRecorded = (file: string) => `${hashOf(file)} == r.certificate_sha256`;
  return {
    stopped: 'r.token == "" && r.intent != ""',
    unknown: 'r.intent == ""',
    elsewhere: isElsewhere,
    "key is there": `!(${isElsewhere}) && fileexists("${key}")`,
    "certificate is there": `fileexists("${certificate}")`,
    "key is missing": `!(${isElsewhere}) && ${hashOf(key, EMPTY_SHA256)} == "${EMPTY_SHA256}"`,
    "another algorithm": "r.key != s.key",
    "another key version": `r.key_version != ${keyVersion}`,
    "certificate is elsewhere":
      files.other === undefined
        ? "false"
        : `!(${isAsRecorded(certificate)}) && ${isAsRecorded(`${folder}/${files.other}`)}`,
    "certificate is missing or changed": `!(${isAsRecorded(certificate)})`,
    "another certificate is declared": "r.intent != s.intent",
    "another authority certificate": `r.issuer != ${issuer}`,
    due: `timecmp(plantimestamp(), timeadd(r.not_after, "-\${${renewBefore}}h")) >= 0`,
    "another password": "r.password != s.password",
  };
}

/** The first of texts that is not empty; empty where all are. */
function firstOf(texts: readonly string[]): string {
  return `concat([for text in [${texts.join(", ")}] : text if text != ""], [""])[0]`;
}

/** An expression for the words of the rule that holds; empty where none does. */
export function wordsFor(inputs: DecisionInputs): string {
  const { files, record, declared } = inputs;
  const facts = factsOf(inputs);
  const wordsOfAll = (rules: readonly Rule[]): string =>
    firstOf(
      rules.map((rule) => {
        const asked = rule.when.filter((fact) => fact !== "unknown");
        const condition = asked.length === 0 ? "true" : asked.map((fact) => `(${facts[fact]})`).join(" && ");
        const [here, elsewhere] = [false, true].map((isElsewhere) => `"${wordsOf(rule, files, isElsewhere)}"`);
        const words = here === elsewhere ? here : `${facts.elsewhere} ? ${elsewhere} : ${here}`;
        return `${holds(condition)} ? ${words} : ""`;
      }),
    );
  // Of a list, what is left out is not evaluated.
  const [unknown, known] = [true, false].map((is) =>
    wordsOfAll(rulesFor(files).filter(({ when }) => when.includes("unknown") === is)),
  );
  const words = `concat([for s in [${declared}] : ${unknown} if ${facts.unknown}], [for s in [${declared}] : ${known} if !(${facts.unknown})])[0]`;
  return `[for r in [${record}] : ${words}][0]`;
}

/** What the hashes of both files tell, where they are the recorded ones. */
const TOLD_BY_HASHES: readonly Fact[] = ["key is missing", "certificate is missing or changed"];

/** Whether no rule holds and the key is the recorded one: cheap, for this is asked of each broker of a fleet. */
export function isSettled(inputs: DecisionInputs): string {
  const { files, record, declared, folder } = inputs;
  const facts = factsOf(inputs);
  const asked = rulesFor(files).flatMap(({ when }) => (when.includes("unknown") ? [] : when));
  const conditions = [
    `!(${facts.unknown})`,
    ...asked.filter((fact) => !TOLD_BY_HASHES.includes(fact)).map((fact) => `!(${facts[fact]})`),
    `${hashOf(`${folder}/${files.key}`)} == r.key_sha256`,
    `${hashIn(`${folder}/${files.certificate}`)} == r.certificate_sha256`,
  ];
  return holds(`[for r in [${record}] : [for s in [${declared}] : ${conditions.join(" && ")}][0]][0]`);
}

/** A rule that cannot hold is not asked. */
function rulesFor(files: FileNames): readonly Rule[] {
  return files.other === undefined ? RULES.filter(({ when }) => !when.includes("certificate is elsewhere")) : RULES;
}

/** The words that leave the certificate as it is, as a list. */
export function wordsThatKeep(files: FileNames): string {
  const kept = rulesFor(files).filter(({ certificate }) => certificate === "same");
  return JSON.stringify([...new Set(kept.map((rule) => wordsOf(rule, files, false)))]);
}

/**
 * Whether what is there is not this fleet's: the key is not the one in the record; or there is no record, but a key or a
 * certificate, and no consent to take them over.
 *
 * @param consent whether there is: an expression
 * @param mayKeyBeMissing a broker's may, for another can be made
 */
export function isForeign(inputs: DecisionInputs, consent: string, mayKeyBeMissing: boolean): string {
  const { files, record, declared, folder } = inputs;
  const facts = factsOf(inputs);
  const key = `${folder}/${files.key}`;
  const isThere = `fileexists("${key}") || fileexists("${folder}/${files.certificate}")`;
  const isOther = mayKeyBeMissing
    ? `!contains(["${EMPTY_SHA256}", r.key_sha256], ${hashOf(key, EMPTY_SHA256)})`
    : `${hashOf(key)} != r.key_sha256`;
  const isForeign = `${facts.stopped} ? false : ${facts.unknown} ? (${isThere}) && !${consent} : ${isOther}`;
  return `[for r in [${record}] : [for s in [${declared}] : ${isForeign}][0]][0]`;
}

/**
 * An expression for the words of what clients trust: empty where it stays.
 *
 * @param certificates the hashes of those that are declared: an expression
 */
export function trustWordsFor(directory: string, record: string, certificates: string): string {
  const facts: Readonly<Record<TrustFact, string>> = {
    unknown: 'r.token == ""',
    "other certificates": `r.certificates != ${certificates}`,
    "missing or changed": `${hashOf(`${directory}/ca.pem`)} != r.sha256`,
  };
  const found = TRUST_RULES.map(({ when, words }) => `${facts[when]} ? "${words}" : ""`);
  return `[for r in [${record}] : ${firstOf(found)}][0]`;
}

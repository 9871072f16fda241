import { CERTIFICATE_RECORD_FIELDS, TRUST_FORM_RECORD_FIELDS, TRUST_RECORD_FIELDS } from "../../machine-format/record";
import {
  type Expression,
  hcl,
  holds,
  interpolate,
  letIn,
  literal,
  object,
  quoted,
  reference,
  type Template,
} from "../../terraform/expression";
import type { TrustForm } from "../../values/files/forms";
import { regularFile } from "./directory-files";

/** The empty record. */
export const NO_RECORD = withFields(CERTIFICATE_RECORD_FIELDS, () => literal(""));

function withFields(fields: readonly string[], valueOf: (field: string) => Expression): Expression {
  return object(Object.fromEntries(fields.map((field) => [field, valueOf(field)])));
}

const ALL_FIELDS = CERTIFICATE_RECORD_FIELDS.map((field) => interpolate(reference(`r.${field}`))).join("");

/** Whether a record `r` has every field, each a text, a token, and an expiry date. */
const IS_SOUND = holds(
  hcl`${quoted(ALL_FIELDS + interpolate(hcl`timeadd(r.not_after, "0s")`))} != "" && r.token != ""`,
);

/** The valid records of `field` in a list of objects, by their keys. */
export function soundRecords(contents: Expression, field: string): Expression {
  const records = reference(`content.${field}`);
  const sound = hcl`{for key, r in ${records} : key => r if ${IS_SOUND}}`;
  return hcl`merge({}, [for content in ${contents} : ${sound} if can(keys(${records}))]...)`;
}

/** The record of the trust anchors in such a list, if it is valid. */
export function soundTrustRecord(contents: Expression): Expression {
  return soundRecord(contents, "trust", TRUST_RECORD_FIELDS);
}

/** The record of a further form, if it is valid. */
export function soundTrustFormRecord(contents: Expression, form: TrustForm): Expression {
  return soundRecord(contents, `forms["${form}"]`, TRUST_FORM_RECORD_FIELDS);
}

function soundRecord(contents: Expression, place: string, fields: readonly string[]): Expression {
  const sound = withFields(fields, (field) => hcl`tostring(${reference(`content.${place}.${field}`)})`);
  const none = withFields(fields, () => literal(""));
  return hcl`concat([for content in ${contents} : ${sound} if can(${sound})], [${none}])[0]`;
}

/** The text in `field` of such a list. */
export function soundText(contents: Expression, field: string): Expression {
  const text = reference(`content.${field}`);
  return hcl`join("", [for content in ${contents} : ${text} if can(tostring(${text}))])`;
}

/** The content of a sealed file of records: a list, empty if the file is missing or corrupt. */
export function recordsIn(path: Template): Expression {
  const { names, text } = regularFile(path);
  const parts = hcl`[for name in ${names} : split("\\n\\n", ${text}) if can(${text})]`;
  const whole = hcl`[for p in ${parts} : p[1] if length(p) == 2 && sha256(p[length(p) - 1]) == p[0]]`;
  return hcl`[for text in ${whole} : jsondecode(text) if can(jsondecode(text))]`;
}

/** The records in the journal of a stopped run, by their keys. Their tokens are empty. */
export function journalIn(path: Template): Expression {
  const { names, text } = regularFile(path);
  const lines = hcl`flatten([for name in ${names} : split("\\n", ${text})])`;
  const isSound = holds(letIn("r", hcl`e[1]`, hcl`can(tostring(e[0])) && ${IS_SOUND}`));
  const entries = hcl`[for e in [for line in ${lines} : try(jsondecode(line), null)] : e if ${isSound}]`;
  // A run may have been stopped twice at the same broker.
  return hcl`{for key, all in {for e in ${entries} : e[0] => merge(e[1], {token = ""})...} : key => all[length(all) - 1]}`;
}

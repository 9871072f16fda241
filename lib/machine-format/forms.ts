/** The format of forms in declarations and records: their names and a reference to their password, separated by spaces. */
import {
  BROKER_FORM_FILES,
  type BrokerForm,
  BROKER_FORMS,
  type Forms,
  type StorePassword,
} from "../values/files/forms";
import type { CertificateRecord } from "./record";

/** `pkcs12 pem-key keystore_password/1`; empty without forms. */
export function formatForms({ names, password }: Forms<string>): string {
  return [...names, ...(password === undefined ? [] : [`${password.variable}/${password.version}`])].join(" ");
}

/** Parses the text of {@link formatForms}. Unknown forms are left out. */
export function parseForms<Form extends string>(text: string, known: readonly Form[]): Forms<Form> {
  const words = text.split(" ");
  return { names: known.filter((form) => words.includes(form)), password: words.map(passwordIn).find(Boolean) };
}

function passwordIn(word: string): StorePassword | undefined {
  const [, variable = "", version] = /^([A-Za-z_][A-Za-z0-9_]*)\/(\d+)$/.exec(word) ?? [];
  return variable === "" ? undefined : { variable, version: Number(version) };
}

/** The recorded forms of a broker: the files and their hashes. */
export function recordedForms(
  record: Pick<CertificateRecord, "forms" | "forms_sha256"> | undefined,
): readonly (readonly [file: string, hash: string])[] {
  const hashes = record?.forms_sha256?.split(" ") ?? [];
  return formsIn(record?.forms ?? "").map((form, index) => [BROKER_FORM_FILES[form], hashes[index] ?? ""]);
}

/** The hashes of the files of a broker's forms, in the format of a record; empty for a missing file. */
export function formHashes(forms: string, hashOf: (file: string) => string | undefined): string {
  return formsIn(forms)
    .map((form) => hashOf(BROKER_FORM_FILES[form]) ?? "")
    .join(" ");
}

function formsIn(text: string): readonly BrokerForm[] {
  return text === "" ? [] : parseForms(text, BROKER_FORMS).names;
}

/** How declarations and records tell of forms: their names and which password they have, with a blank between them. */
import {
  BROKER_FORM_FILES,
  type BrokerForm,
  BROKER_FORMS,
  type Forms,
  type StorePassword,
} from "../values/files/forms";
import type { CertificateRecord } from "./record";

/** `pkcs12 pem-key keystore_password/1`; empty where there are none. */
export function formatForms({ names, password }: Forms<string>): string {
  return [...names, ...(password === undefined ? [] : [`${password.variable}/${password.version}`])].join(" ");
}

/** What {@link formatForms} was given; what is none of the forms that are `known` is left out. */
export function parseForms<Form extends string>(text: string, known: readonly Form[]): Forms<Form> {
  const words = text.split(" ");
  return { names: known.filter((form) => words.includes(form)), password: words.map(passwordIn).find(Boolean) };
}

function passwordIn(word: string): StorePassword | undefined {
  const [, variable = "", version] = /^([A-Za-z_][A-Za-z0-9_]*)\/(\d+)$/.exec(word) ?? [];
  return variable === "" ? undefined : { variable, version: Number(version) };
}

/** The forms of a broker that a record tells of: the files, and their hashes. */
export function recordedForms(
  record: Pick<CertificateRecord, "forms" | "forms_sha256"> | undefined,
): readonly (readonly [file: string, hash: string])[] {
  const hashes = record?.forms_sha256?.split(" ") ?? [];
  return formsIn(record?.forms ?? "").map((form, index) => [BROKER_FORM_FILES[form], hashes[index] ?? ""]);
}

/** The hashes of the files of a broker's forms, as its record has them; empty for one that is not there. */
export function formHashes(forms: string, hashOf: (file: string) => string | undefined): string {
  return formsIn(forms)
    .map((form) => hashOf(BROKER_FORM_FILES[form]) ?? "")
    .join(" ");
}

function formsIn(text: string): readonly BrokerForm[] {
  return text === "" ? [] : parseForms(text, BROKER_FORMS).names;
}

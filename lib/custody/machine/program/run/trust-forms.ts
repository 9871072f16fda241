import { join } from "node:path";
import { formatForms, parseForms } from "../../../../machine-format/forms";
import { EMPTY_SHA256, sha256, type TrustFormRecord } from "../../../../machine-format/record";
import { trustFormFiles } from "../../../../machine-format/rules";
import { type Forms, type TrustForm, TRUST_FORMS } from "../../../../values/files/forms";
import { type Context, suffixOf, tokenOf } from "../context";
import { trustFormWordsFor } from "../decide";
import { keepCopy, type MadeFile, removeFile } from "../files/placing";
import { putInPlace, writeBeside } from "../files/replacing";
import { hashTrusted } from "../files/trusted-file";
import { ensureFolder, openFolder } from "../files/trusted-folder";
import { storePassword } from "../make/forms/store-password";
import { makeTrustForm, type Trusted } from "../make/forms/trust-forms";

/** The records of the forms, by their names. */
export type KnownTrustForms = Readonly<Record<string, TrustFormRecord>>;

/** The decision about a form. */
export interface TrustFormDecision {
  /** Empty if it stays. */
  readonly words: string;
  /** The token of the plan. */
  readonly token: string;
}

/** The declared forms. */
function declaredForms({ declared }: Context): Forms<TrustForm> {
  return parseForms(declared.trust_forms ?? "", TRUST_FORMS);
}

/**
 * @param certificates the hashes of the trust anchors
 */
export function decideTrustForms(
  context: Context,
  known: KnownTrustForms,
  certificates: string,
): ReadonlyMap<TrustForm, TrustFormDecision> {
  const forms = declaredForms(context);
  const hashOf = hashesIn(context);
  return new Map(
    forms.names.map((form) => {
      const record = known[form];
      const hashes = trustFormFiles(form, context.declared.trust).map((file) => hashOf(file) ?? "");
      const words = trustFormWordsFor(form, record, {
        certificates,
        password: passwordOf(form, forms),
        sha256: hashes.join(" "),
      });
      return [form, { words, token: words === "" ? (record?.token ?? "") : tokenOf(context, words) }];
    }),
  );
}

/** The password of the truststore: empty if none is needed. Read it before anything is made. */
export function truststorePassword(context: Context, decisions: ReadonlyMap<TrustForm, TrustFormDecision>): string {
  const { password } = declaredForms(context);
  const isDue = (decisions.get("pkcs12")?.words ?? "") !== "";
  return isDue && password !== undefined ? storePassword(password, context.secrets) : "";
}

/**
 * Writes the forms that are due, and deletes those that are no longer declared.
 *
 * @param trusted in the order in which clients get them
 * @returns the records from now on
 */
export async function writeTrustForms(
  context: Context,
  known: KnownTrustForms,
  decisions: ReadonlyMap<TrustForm, TrustFormDecision>,
  { trusted, certificates, password }: { trusted: readonly Trusted[]; certificates: string; password: string },
): Promise<KnownTrustForms> {
  const { directory } = context;
  const forms = declaredForms(context);
  const records: Record<string, TrustFormRecord> = {};
  const staged: string[] = [];
  for (const [form, { words, token }] of decisions) {
    const record = known[form];
    if (words === "" && record !== undefined) {
      records[form] = record;
      continue;
    }
    const files = await makeTrustForm(form, trusted, password);
    ensureFolder(join(directory, "trust"));
    staged.push(...files.filter((file) => stage(context, file, record)).map(({ name }) => name));
    records[form] = {
      token,
      files: files.map(({ name }) => name).join(" "),
      certificates,
      password: passwordOf(form, forms),
      sha256: files.map(({ content }) => sha256(content)).join(" "),
    };
  }
  for (const name of staged) {
    putInPlace(join(directory, name));
  }
  removeStale(context, known, records);
  return records;
}

/** @returns whether there is a new file to put in place */
function stage(context: Context, { name, content, mode }: MadeFile, record: TrustFormRecord | undefined): boolean {
  const path = join(context.directory, name);
  const hash = hashTrusted(path);
  if (hash === sha256(content)) {
    return false;
  }
  // A file that someone else put here cannot be made again.
  if (hash !== undefined && hash !== EMPTY_SHA256 && !record?.sha256.split(" ").includes(hash)) {
    keepCopy(path, suffixOf(context));
  }
  writeBeside(path, content, mode);
  return true;
}

/** A path below `trust/`, and nowhere else. */
const FILE = /^trust\/[a-z0-9.-]+$/;

/** Deletes recorded files that are no longer declared. A file that has changed since stays. */
function removeStale(context: Context, known: KnownTrustForms, records: KnownTrustForms): void {
  const declared = new Set(Object.values(records).flatMap(({ files }) => files.split(" ")));
  const hashOf = hashesIn(context);
  for (const { files, sha256: hashes } of Object.values(known)) {
    const recorded = hashes.split(" ");
    for (const [index, file] of files.split(" ").entries()) {
      if (FILE.test(file) && !declared.has(file) && hashOf(file) === recorded[index]) {
        removeFile(join(context.directory, file));
      }
    }
  }
}

function hashesIn({ directory }: Context): (file: string) => string | undefined {
  const isThere = openFolder(join(directory, "trust"));
  return (file) => (isThere ? hashTrusted(join(directory, file)) : undefined);
}

function passwordOf(form: TrustForm, { password }: Forms<TrustForm>): string {
  return form === "pkcs12" ? formatForms({ names: [], password }) : "";
}

import { join } from "node:path";
import { type DeclaredServer, parsePassword } from "../../../../../machine-format/declared";
import { parseForms, recordedForms } from "../../../../../machine-format/forms";
import { type CertificateRecord, EMPTY_SHA256 } from "../../../../../machine-format/record";
import { SERVER_FILES } from "../../../../../machine-format/rules";
import {
  type BrokerForm,
  BROKER_FORM_FILES,
  BROKER_FORMS,
  type StorePassword,
} from "../../../../../values/files/forms";
import { pemBlocks } from "../../../../../x509/pem";
import type { Context } from "../../context";
import type { MadeFile } from "../../files/placing";
import { hashTrusted } from "../../files/trusted-file";
import { openKeyFile } from "../existing-key";
import { pkcs12 } from "./load-pkcs12";
import { storePassword } from "./store-password";

/** The content of the files that the forms repeat. */
export interface FormSource {
  readonly key: string;
  readonly certificate: string;
  /** The mode of the key's file. */
  readonly mode: number;
}

/** The name of key and certificate in a keystore. */
const ALIAS = "mqtt";

/**
 * The declared forms of a broker's key and certificate.
 *
 * @param folder the broker's folder
 * @throws Failure if a password is missing, or does not open the key
 */
export function makeServerForms(
  context: Context,
  folder: string,
  declared: DeclaredServer,
  source: FormSource,
): Promise<MadeFile[]> {
  const { names, password } = parseForms(declared.forms ?? "", BROKER_FORMS);
  return Promise.all(
    names.map(async (form) => ({
      name: BROKER_FORM_FILES[form],
      content: await contentOf(form, context, { folder, declared, source, password }),
      mode: source.mode,
    })),
  );
}

interface Wanted {
  readonly folder: string;
  readonly declared: DeclaredServer;
  readonly source: FormSource;
  readonly password: StorePassword | undefined;
}

async function contentOf(form: BrokerForm, context: Context, wanted: Wanted): Promise<string | Uint8Array> {
  const { key, certificate } = wanted.source;
  switch (form) {
    case "pkcs12":
      return keystore(context, wanted);
    case "combined-pem":
      return [certificate, key].map((pem) => (pem.endsWith("\n") ? pem : `${pem}\n`)).join("");
    case "pem-key":
      return key;
  }
}

function keystore({ shown, secrets }: Context, { folder, declared, source, password }: Wanted): Promise<Uint8Array> {
  const path = join(shown, folder, SERVER_FILES.key);
  const key = openKeyFile(path, source.key, parsePassword(declared.password), secrets);
  const certificates = pemBlocks(source.certificate).map(({ data }) => data);
  const secret = storePassword(password ?? { variable: "", version: 1 }, secrets);
  return pkcs12().toKeystore(ALIAS, key.export({ type: "pkcs8", format: "der" }), certificates, secret);
}

/** The recorded files of forms that are no longer declared. A file that has changed since stays. */
export function staleForms(
  record: Pick<CertificateRecord, "forms" | "forms_sha256"> | undefined,
  { forms = "" }: Pick<DeclaredServer, "forms">,
  hashOf: (file: string) => string | undefined,
): string[] {
  const { names } = parseForms(forms, BROKER_FORMS);
  const declared: readonly string[] = names.map((form) => BROKER_FORM_FILES[form]);
  return recordedForms(record).flatMap(([file, hash]) =>
    !declared.includes(file) && hashOf(file) === hash ? [file] : [],
  );
}

/** The files that would be overwritten and that have no record: someone else put them there. */
export function foreignForms(
  folder: string,
  forms: readonly MadeFile[],
  record: CertificateRecord | undefined,
  owners: readonly number[],
): string[] {
  const known: readonly unknown[] = [undefined, EMPTY_SHA256, ...recordedForms(record).map(([, hash]) => hash)];
  return forms.map(({ name }) => name).filter((name) => !known.includes(hashTrusted(join(folder, name), owners)));
}

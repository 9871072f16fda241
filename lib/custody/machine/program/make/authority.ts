import { type KeyObject, X509Certificate } from "node:crypto";
import { join } from "node:path";
import {
  type DeclaredAuthority,
  type ImportedAuthority,
  isImported,
  NO_KEY,
  parsePassword,
} from "../../../../machine-format/declared";
import { type CertificateRecord, sha256 } from "../../../../machine-format/record";
import type { FileNames, Rule } from "../../../../machine-format/rules";
import { toPem } from "../../../../x509/pem";
import type { Digest } from "../../../../x509/signature-algorithm";
import { Signer } from "./certificate";
import type { CertificateContent } from "./certificate-content";
import type { KeyAlgorithmName } from "../../../../values/key-algorithm";
import { timestamp } from "../../../../values/time";
import { type Context, suffixOf, tokenOf, validityOf } from "../context";
import { keyFile, openKeyFile, presentPassword } from "./existing-key";
import { Failure } from "../failure";
import { saysTheSame } from "./issued-certificate";
import { algorithmOf, generateKey, samePublicKey } from "./key";
import type { Made, MadeFile } from "../files/placing";
import { authorityPath } from "./opened-authority";
import { readPem } from "../files/trusted-file";

/** A generation of the authority that is due. */
export interface DueAuthority {
  readonly generation: string;
  readonly declared: DeclaredAuthority | ImportedAuthority;
  readonly files: FileNames;
  readonly record: CertificateRecord | undefined;
  readonly rule: Rule;
  /** The words of the rule. */
  readonly words: string;
}

/** @throws Failure if it cannot be made, or the existing files cannot be adopted */
export async function makeAuthority(context: Context, due: DueAuthority): Promise<Made> {
  return isImported(due.declared) ? adopt(context, due, due.declared) : makeOwn(context, due, due.declared);
}

/** For an imported authority, the directory gets the trust anchor. */
function adopt(context: Context, due: DueAuthority, declared: ImportedAuthority): Made {
  const certificate = { name: due.files.certificate, content: declared.trust_anchor, mode: 0o644 };
  return finished(context, due, [certificate], {
    token: tokenOf(context, due.words),
    intent: declared.intent,
    issuer: "",
    key: NO_KEY,
    key_version: "1",
    password: "",
    not_after: declared.not_after,
    key_sha256: "",
    certificate_sha256: sha256(declared.trust_anchor),
  });
}

async function makeOwn(context: Context, due: DueAuthority, declared: DeclaredAuthority): Promise<Made> {
  const { secrets } = context;
  const { generation, files, record, rule } = due;
  const folder = authorityPath(context.directory, generation);
  const read = (name: string): string | undefined => readPem(join(folder, name));
  const password = parsePassword(declared.password);
  const present = rule.key === "same" ? read(files.key) : undefined;
  const opened =
    present === undefined
      ? undefined
      : openKeyFile(
          join(folder, files.key),
          present,
          presentPassword(record?.password ?? declared.password, declared.password),
          secrets,
        );
  const key = opened ?? (await generateKey(declared.key as KeyAlgorithmName)).privateKey;
  const isProtectedAnew = present === undefined || (record ?? declared).password !== declared.password;
  const keyContent = isProtectedAnew ? await keyFile(key, password, secrets) : present;
  // With other generations, ca.pem holds their certificates too: then the recorded one has the other name.
  const names = [files.certificate, ...(files.other === undefined ? [] : [files.other])];
  const found = names.flatMap((name) => read(name) ?? []);
  const there = found.find((content) => sha256(content) === record?.certificate_sha256) ?? found[0];
  const fresh = (): string => signOwn(context, declared, key);
  const certificate =
    rule.kind === "adopted"
      ? takenOver(context, due, key, there, fresh)
      : rule.certificate === "same"
        ? there
        : fresh();
  if (certificate === undefined) {
    throw new Failure(`${join(folder, files.certificate)} no longer exists. Plan and deploy again.`);
  }
  const x509 = new X509Certificate(certificate);
  if (!samePublicKey(key, x509)) {
    throw new Failure(`${join(folder, files.key)} is not the key of ${files.certificate}. Restore both from a backup.`);
  }
  return finished(
    context,
    due,
    [
      ...(keyContent === present ? [] : [{ name: files.key, content: keyContent, mode: 0o600 }]),
      ...(certificate === read(files.certificate)
        ? []
        : [{ name: files.certificate, content: certificate, mode: 0o644 }]),
    ],
    {
      token: tokenOf(context, due.words),
      intent: declared.intent,
      issuer: "",
      key: declared.key,
      key_version: "1",
      password: declared.password,
      not_after: timestamp(new Date(x509.validTo)),
      key_sha256: sha256(keyContent),
      certificate_sha256: sha256(certificate),
    },
  );
}

function signOwn(context: Context, declared: DeclaredAuthority, key: KeyObject): string {
  const content: CertificateContent = {
    subject: declared.attributes,
    ...validityOf(context, declared.hours),
    usage: {
      kind: "authority",
      ...(declared.path_length !== undefined && { pathLength: declared.path_length }),
      ...(declared.permitted_domains !== undefined && { permittedDomains: declared.permitted_domains }),
    },
  };
  return toPem("CERTIFICATE", Signer.selfSigned(content, key, declared.digest as Digest));
}

/** The existing certificate, if it matches the declaration and the existing key. */
function takenOver(
  context: Context,
  { generation, declared, files }: DueAuthority,
  key: KeyObject,
  there: string | undefined,
  fresh: () => string,
): string {
  const folder = authorityPath(context.directory, generation);
  const path = join(folder, files.certificate);
  if (there === undefined || !isOwnCertificate(there, key)) {
    throw new Failure(
      `${join(folder, files.key)} was not made for this fleet. Move it away, or restore the original key.`,
    );
  }
  const algorithm = algorithmOf(key);
  if (algorithm !== declared.key) {
    throw new Failure(
      `${join(folder, files.key)} is a key of ${algorithm}, and ${declared.key} is declared. To adopt it, declare its algorithm.`,
    );
  }
  const certificate = new X509Certificate(there);
  const isOver = new Date(certificate.validTo) <= context.time;
  if (isOver || !saysTheSame(certificate, new X509Certificate(fresh()), "authority")) {
    throw new Failure(
      `${path} differs from the declaration, or has expired. To adopt it, declare it as it is: subject ${certificate.subject.replaceAll("\n", ", ")}.`,
    );
  }
  return there;
}

function isOwnCertificate(pem: string, key: KeyObject): boolean {
  const certificate = new X509Certificate(pem);
  return samePublicKey(key, certificate) && certificate.verify(certificate.publicKey);
}

/** The result. It keeps a copy of every file of an authority that it overwrites: clients may still trust it. */
function finished(
  context: Context,
  { generation, files, rule }: DueAuthority,
  made: readonly MadeFile[],
  record: CertificateRecord,
): Made {
  const folder = authorityPath(context.directory, generation);
  const lost = made.filter(({ name, content }) => {
    const there = readPem(join(folder, name));
    // A key that stays only got another password.
    const stays = name === files.key ? rule.key === "same" : rule.certificate === "same";
    return there !== undefined && there.length > 0 && !stays && sha256(there) !== sha256(content);
  });
  return {
    key: generation,
    folder,
    files: made,
    record,
    keep: { names: lost.map(({ name }) => name), suffix: suffixOf(context) },
    // The record that custody "state" kept of a key with a password.
    ...(rule.kind === "adopted" && { gone: [`${files.key}.json`] }),
  };
}

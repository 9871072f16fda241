import { type KeyObject, X509Certificate } from "node:crypto";
import { join } from "node:path";
import { type DeclaredAuthority, type ImportedAuthority, isImported } from "../../../../machine-format/declared";
import { type CertificateRecord } from "../../../../machine-format/record";
import { authorityFiles } from "../../../../machine-format/rules";
import { projectPath } from "../../../../values/files/project-path";
import type { Digest } from "../../../../x509/signature-algorithm";
import { Signer } from "./certificate";
import { openKeyFile, presentPassword } from "./existing-key";
import { Failure } from "../failure";
import { openKey, samePublicKey } from "./key";
import type { Secrets } from "../secrets";
import { hashTrusted, readPem } from "../files/trusted-file";

/** A signing authority: its certificate and its opened key. */
export interface OpenedAuthority {
  readonly signer: Signer;
  readonly certificate: X509Certificate;
  /** The chain that follows a server's own certificate: PEM. */
  readonly chain: string;
  /** The hash that the certificates that it signs depend on. */
  readonly issuer: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/**
 * @param directory the PEM directory
 * @throws Failure if it is missing, or its key does not belong to its certificate
 */
export function openAuthority(
  directory: string,
  generation: string,
  declared: DeclaredAuthority | ImportedAuthority,
  { record, isAlone, secrets }: { record: CertificateRecord | undefined; isAlone: boolean; secrets: Secrets },
): OpenedAuthority {
  return isImported(declared)
    ? openImported(declared, secrets)
    : openOwn(directory, generation, declared, { record, isAlone, secrets });
}

/** The folder of a generation's files. */
export function authorityPath(directory: string, generation: string): string {
  return generation === "1" ? directory : join(directory, "authorities", generation);
}

function openOwn(
  directory: string,
  generation: string,
  { digest }: DeclaredAuthority,
  { record, isAlone, secrets }: { record: CertificateRecord | undefined; isAlone: boolean; secrets: Secrets },
): OpenedAuthority {
  const folder = authorityPath(directory, generation);
  const files = authorityFiles(Number(generation), isAlone);
  const [path, keyPath] = [join(folder, files.certificate), join(folder, files.key)];
  if (record === undefined || hashTrusted(path) !== record.certificate_sha256) {
    throw new Failure(`${path} is not the certificate that was made here. Plan and deploy again.`);
  }
  const pem = readPem(keyPath);
  if (pem === undefined) {
    throw new Failure(`${keyPath} is not on this machine. Deploy where it is, or bring it here.`);
  }
  const certificate = new X509Certificate(readPem(path) ?? "");
  const key = openKeyFile(keyPath, pem, presentPassword(record.password, record.password), secrets);
  refuseOther(keyPath, key, certificate);
  return signing(certificate, key, digest, { chain: "", issuer: record.certificate_sha256 });
}

function openImported(declared: ImportedAuthority, secrets: Secrets): OpenedAuthority {
  const {
    key_file,
    key_variable,
    password_variable,
    certificate: pem,
    chain,
    digest,
    fingerprint,
    not_after,
  } = declared;
  const certificate = new X509Certificate(pem);
  const key =
    key_file === undefined
      ? openVariable(key_variable ?? "", secrets)
      : openForeignKey(key_file, password_variable, secrets);
  refuseOther(key_file === undefined ? `TF_VAR_${key_variable ?? ""}` : projectPath(key_file), key, certificate);
  return { ...signing(certificate, key, digest, { chain, issuer: fingerprint }), notAfter: new Date(not_after) };
}

function openForeignKey(path: string, passwordVariable: string | undefined, secrets: Secrets): KeyObject {
  const pem = readPem(path);
  const shown = projectPath(path);
  if (pem === undefined) {
    throw new Failure(`${shown} is not on this machine. Deploy where it is, or bring it here.`);
  }
  const password = passwordVariable === undefined ? undefined : { variable: passwordVariable };
  return openKeyFile(shown, pem, password, secrets);
}

function openVariable(variable: string, secrets: Secrets): KeyObject {
  const opened = openKey(secrets.valueOf(variable, "key of the authority"), undefined);
  if (typeof opened === "string") {
    throw new Failure(`TF_VAR_${variable} contains no private key in PEM without a password`);
  }
  return opened;
}

function refuseOther(path: string, key: KeyObject, certificate: X509Certificate): void {
  if (!samePublicKey(key, certificate)) {
    throw new Failure(`${path} is not the key of the authority's certificate. Restore the right key.`);
  }
}

function signing(
  certificate: X509Certificate,
  key: KeyObject,
  digest: string,
  { chain, issuer }: { readonly chain: string; readonly issuer: string },
): OpenedAuthority {
  return {
    signer: Signer.fromIssuer(certificate.raw, key, digest as Digest),
    certificate,
    chain,
    issuer,
    notBefore: new Date(certificate.validFrom),
    notAfter: new Date(certificate.validTo),
  };
}

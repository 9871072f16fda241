import type { KeyObject } from "node:crypto";
import { statSync } from "node:fs";
import { invalid, type InvalidInputError, type Problems, quote } from "../errors";
import type { Custody } from "../values/custody";
import { excessMode } from "../values/files/file-mode";
import { environmentVariable, refuseUnlessVariable } from "../values/key-password";
import { shellWord } from "../values/shell-word";
import { encodingOf, utf8Of } from "../values/text-file";
import type { AuthorityCertificate } from "../x509/authority-certificate";
import { isProtected, openKey } from "../x509/private-key";
import { readInput } from "./input-file";

/** The props of an imported authority that concern its key. */
interface ImportedKeyProps {
  readonly keyFile?: string;
  readonly keyVariable?: string;
  readonly passwordVariable?: string;
}

/**
 * Files the problems of an imported authority's key, if it is available: its file, or its variable in the environment. Neither
 * the key nor its password is shown.
 *
 * @param custody the custody that reads the key at apply
 * @param signer the certificate that the key must belong to; undefined if it is not known
 */
export function checkImportedKey(
  problems: Problems,
  props: ImportedKeyProps,
  custody: Custody | undefined,
  signer: AuthorityCertificate | undefined,
): void {
  const { keyFile, keyVariable, passwordVariable } = props;
  for (const name of ["keyVariable", "passwordVariable"] as const) {
    if (props[name] !== undefined) {
      refuseUnlessVariable(problems, name, props[name]);
    }
  }
  if (keyFile === undefined && passwordVariable !== undefined) {
    problems.addHidden("passwordVariable", "is only for keyFile", "leave it out", "conflict");
  }
  if (keyFile !== undefined && keyVariable !== undefined) {
    problems.addHidden("keyVariable", "is a second key, in addition to keyFile", "give one of the two", "conflict");
  } else if (keyFile !== undefined) {
    checkKeyFile(problems, { file: keyFile, passwordVariable, custody, signer });
  } else if (keyVariable !== undefined) {
    checkKeyVariable(problems, keyVariable, signer);
  } else {
    const fix = "name the file with the key, or its variable in keyVariable";
    problems.add("keyFile", keyFile, "is required", fix, "required");
  }
}

interface KeyFile {
  readonly file: string;
  readonly passwordVariable: string | undefined;
  readonly custody: Custody | undefined;
  readonly signer: AuthorityCertificate | undefined;
}

function checkKeyVariable(problems: Problems, variable: string, signer: AuthorityCertificate | undefined): void {
  const pem = valueOf(variable);
  if (pem === undefined) {
    return;
  }
  problems.attempt("keyVariable", () => {
    if (pem.startsWith("\ufeff")) {
      const fix = `remove it: export ${environmentVariable(variable)}="$(tail -c +4 ca.key)"`;
      throw invalid("a key", variable, "has a key that begins with a byte order mark", fix, "refused");
    }
    if (/-----BEGIN [^-]*-----\\[rn]/.test(pem)) {
      const reason = "has a key with \\n instead of line breaks";
      const fix = `give it with line breaks: export ${environmentVariable(variable)}="$(cat ca.key)"`;
      throw invalid("a key", variable, reason, fix, "refused");
    }
    const key = openKey(pem, undefined);
    if (key === "password needed") {
      const fix = "give the key without a password, or in keyFile with passwordVariable";
      throw invalid("a key", variable, "has a key that is protected by a password", fix, "refused");
    }
    if (typeof key === "string") {
      throw noKey(variable);
    }
    checkBelonging(variable, key, signer);
  });
}

function checkKeyFile(problems: Problems, { file, passwordVariable, custody, signer }: KeyFile): void {
  const content = problems.attempt("keyFile", () => readInput(file));
  if (content === undefined) {
    return;
  }
  const pem = utf8Of(content).toString("latin1");
  // The owner's permissions do not matter.
  const mode = excessMode(statSync(file), "0700");
  if (mode !== undefined) {
    problems.add("keyFile", file, `has mode ${mode}, which gives others access`, `run: chmod 0600 ${shellWord(file)}`);
  }
  problems.attempt("keyFile", () => {
    if (custody === "state") {
      refuseUnlessPlain(file, content);
    }
    const key = openFile(file, pem, passwordVariable);
    if (key !== undefined) {
      checkBelonging(file, key, signer);
    }
  });
}

/** Refuses encodings that engines and openssl cannot read. */
function refuseUnlessPlain(file: string, content: Buffer): void {
  const { encoding, markLength } = encodingOf(content);
  if (encoding !== "utf-8") {
    const name = markLength > 0 ? "UTF-16" : encoding.toUpperCase();
    const fix = `convert it: umask 077; iconv -f ${name} -t UTF-8 ${shellWord(file)} > ${shellWord(`${file}.new`)}`;
    throw invalid("a key", file, "is in UTF-16, which engines do not read", fix, "refused");
  }
  if (markLength > 0) {
    const fix = `remove it: umask 077; tail -c +4 ${shellWord(file)} > ${shellWord(`${file}.new`)}`;
    throw invalid("a key", file, "begins with a byte order mark, which engines do not skip", fix, "refused");
  }
}

/**
 * @returns the key; undefined if its password is not in the environment
 * @throws InvalidInputError if the key cannot be opened
 */
function openFile(file: string, pem: string, passwordVariable: string | undefined): KeyObject | undefined {
  const refuse = (reason: string, fix: string) => invalid("a key", file, reason, fix, "refused");
  const key = openKey(pem, passwordVariable === undefined ? undefined : valueOf(passwordVariable));
  switch (key) {
    case "not a key":
      throw noKey(file);
    case "password needed":
      if (passwordVariable === undefined) {
        throw refuse("is protected by a password", "name the variable that has it in passwordVariable");
      }
      return undefined;
    case "wrong password":
      throw refuse(
        `cannot be opened with the password in ${environmentVariable(passwordVariable ?? "")}`,
        "give the password that protects it",
      );
    case "legacy cipher":
      throw refuse(
        "is encrypted in a way that OpenSSL 3 no longer opens",
        `convert it: openssl pkcs8 -topk8 -provider legacy -provider default -in ${shellWord(file)} -out ${shellWord(`${file}.new`)}`,
      );
    default:
      if (passwordVariable !== undefined && !isProtected(pem)) {
        throw refuse("has no password", "leave passwordVariable out");
      }
      return key;
  }
}

function noKey(given: string): InvalidInputError {
  const fix = "give the key that belongs to the certificate";
  return invalid("a key", given, "has no private key in PEM", fix, "unreadable");
}

/** @throws InvalidInputError if the key does not belong to the certificate */
function checkBelonging(given: string, key: KeyObject, signer: AuthorityCertificate | undefined): void {
  if (signer?.hasKey(key) === false) {
    const reason = `has a key that does not belong to ${quote(signer.name)}`;
    throw invalid("a key", given, reason, "give the key that belongs to the certificate", "refused");
  }
}

/** The value of a Terraform variable in this environment; undefined if it is empty or not set. */
function valueOf(variable: string): string | undefined {
  const value = process.env[environmentVariable(variable)];
  return value === "" ? undefined : value;
}

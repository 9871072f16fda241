import { readFileSync } from "node:fs";
import { hide, invalid, type Problems } from "../errors";
import { CertificateRequest } from "../x509/certificate-request";
import { formatRequestCommand } from "../x509/commands/request-command";
import { INPUT_AT_MOST, tooLarge } from "./input-file";
import type { Custody } from "../values/custody";
import type { FileAccessProps } from "../values/files/file-access";
import type { BrokerFormsProps } from "../values/files/forms";
import type { KeyPasswordProps } from "../values/key-password";

/** Of the props of a server certificate, those of a request, and those of a key that is made here. */
interface RequestProps extends KeyPasswordProps, BrokerFormsProps, Pick<FileAccessProps, "keyMode"> {
  readonly csrFile?: string;
  readonly csrPem?: string;
  readonly keyVersion?: number;
}

/**
 * Reads the request that a broker sent, if any, and files what is wrong with it: it is to be for `expected`.
 *
 * @param custody of who signs; undefined where that is not known
 */
export function parseRequest(
  problems: Problems,
  props: RequestProps,
  expected: Parameters<typeof formatRequestCommand>[0],
  custody: Custody | undefined,
): CertificateRequest | undefined {
  const { csrFile, csrPem } = props;
  if (csrFile === undefined && csrPem === undefined) {
    return undefined;
  }
  const command = formatRequestCommand(expected);
  const isForProvider = custody === "state";
  const parse = (content: Buffer | string) =>
    CertificateRequest.fromContent(content, { ...expected, isForProvider, command });
  if (csrFile !== undefined && csrPem !== undefined) {
    problems.add("csrPem", hide(csrPem), "is a second request beside csrFile", "give one of the two", "conflict");
    return undefined;
  }
  return csrPem === undefined
    ? problems.attempt("csrFile", () => parse(readRequest(csrFile, command)))
    : problems.attempt("csrPem", () => parse(ofBoundedLength(csrPem)));
}

/** Whether the key is the broker's own. */
export function hasRequest({ csrFile, csrPem }: RequestProps): boolean {
  return csrFile !== undefined || csrPem !== undefined;
}

/** The property that a request is given in. */
export function nameOfRequest({ csrPem }: RequestProps): "csrFile" | "csrPem" {
  return csrPem === undefined ? "csrFile" : "csrPem";
}

/** Where the broker sent a request, no key is made, and there is no file with one. */
export function refuseWhatIsForAKey(problems: Problems, props: RequestProps): void {
  if (!hasRequest(props)) {
    return;
  }
  if (props.keyVersion !== undefined) {
    const reason = "is for a key that is made here, and the key of this broker is not";
    problems.add(
      "keyVersion",
      props.keyVersion,
      reason,
      "leave it out, and bring another request for a new key",
      "conflict",
    );
  }
  for (const name of ["passwordVariable", "passwordVersion", "passwordIterations", "keyMode"] as const) {
    if (props[name] !== undefined) {
      const reason = "is for a file with a key, and the key of this broker is in none here";
      problems.addHidden(name, reason, "leave it out", "conflict");
    }
  }
  const { forms = [], keystorePasswordVariable, keystorePasswordVersion } = props;
  if (forms.length > 0) {
    const reason = "have the key in them, and the key of this broker is not here";
    problems.add("forms", forms, reason, "leave them out, and make them on the broker", "conflict");
  }
  for (const [name, value] of Object.entries({ keystorePasswordVariable, keystorePasswordVersion })) {
    if (value !== undefined) {
      const reason = "is for a file with a key, and the key of this broker is in none here";
      problems.addHidden(name, reason, "leave it out", "conflict");
    }
  }
}

/** The local provider writes files of who deploys, in folders of who deploys. */
export function refuseWhatTheProviderCannotGive(
  problems: Problems,
  props: FileAccessProps,
  custody: Custody | undefined,
): void {
  for (const name of ["fileOwner", "fileGroup", "folderMode"] as const) {
    if (custody === "state" && props[name] !== undefined) {
      const reason =
        'cannot be set with custody "state": its local provider has no owners, and one mode for all folders';
      const fix = 'choose custody "machine", or hand the files out with a command of yours (chown, setfacl)';
      problems.add(name, props[name], reason, fix, "unsupported");
    }
  }
}

/** @throws InvalidInputError where it is longer than a file may be */
function ofBoundedLength(pem: string): string {
  // It may be anything where the caller is not typed.
  if (typeof pem === "string" && pem.length > INPUT_AT_MOST) {
    throw tooLarge("a request", hide(pem), Buffer.byteLength(pem));
  }
  return pem;
}

/** @throws InvalidInputError where it cannot be read */
function readRequest(file: string | undefined, command: string): Buffer {
  const refuse = (reason: string, fix: string) => invalid("a request", file, reason, fix, "unreadable");
  if (typeof file !== "string" || file === "") {
    throw refuse("is not a file's name", 'name the file, as in "csr/mqtt-1.csr"');
  }
  let content: Buffer;
  try {
    content = readFileSync(file);
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code !== "ENOENT";
    throw refuse(
      isThere ? "cannot be read" : "is not there",
      isThere ? "see to it that it is a file of yours" : `make it on the broker, and bring it here: ${command}`,
    );
  }
  if (content.length > INPUT_AT_MOST) {
    throw tooLarge("a request", file, content.length);
  }
  return content;
}

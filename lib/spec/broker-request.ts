import { readFileSync } from "node:fs";
import { hide, invalid, type Problems } from "../errors";
import { CertificateRequest } from "../x509/certificate-request";
import { formatRequestCommand } from "../x509/commands/request-command";
import { INPUT_AT_MOST, tooLarge } from "./input-file";
import type { Custody } from "../values/custody";
import type { FileAccessProps } from "../values/files/file-access";
import type { BrokerFormsProps } from "../values/files/forms";
import type { KeyPasswordProps } from "../values/key-password";

/** The props of a server certificate that concern a request, or a key that is made here. */
interface RequestProps extends KeyPasswordProps, BrokerFormsProps, Pick<FileAccessProps, "keyMode"> {
  readonly csrFile?: string;
  readonly csrPem?: string;
  readonly keyVersion?: number;
}

/**
 * Reads the certificate signing request of a broker, if any, and files its problems.
 *
 * @param expected what the request must ask for
 * @param custody the custody of the authority that signs; undefined if it is not known
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
    problems.add(
      "csrPem",
      hide(csrPem),
      "is a second request, in addition to csrFile",
      "give one of the two",
      "conflict",
    );
    return undefined;
  }
  return csrPem === undefined
    ? problems.attempt("csrFile", () => parse(readRequest(csrFile, command)))
    : problems.attempt("csrPem", () => parse(ofBoundedLength(csrPem)));
}

/** Whether the broker made its own key and sent a request. */
export function hasRequest({ csrFile, csrPem }: RequestProps): boolean {
  return csrFile !== undefined || csrPem !== undefined;
}

/** The property that contains the request. */
export function nameOfRequest({ csrPem }: RequestProps): "csrFile" | "csrPem" {
  return csrPem === undefined ? "csrFile" : "csrPem";
}

/** Files the options of a key for a broker with a request: no key is made for it, and no file contains one. */
export function refuseWhatIsForAKey(problems: Problems, props: RequestProps): void {
  if (!hasRequest(props)) {
    return;
  }
  if (props.keyVersion !== undefined) {
    const reason = "is for a key that is made here, but this broker made its own key";
    problems.add(
      "keyVersion",
      props.keyVersion,
      reason,
      "leave it out; for a new key, bring a new request",
      "conflict",
    );
  }
  for (const name of ["passwordVariable", "passwordVersion", "passwordIterations", "keyMode"] as const) {
    if (props[name] !== undefined) {
      const reason = "is for a file with a key, but this broker keeps its key";
      problems.addHidden(name, reason, "leave it out", "conflict");
    }
  }
  const { forms = [], keystorePasswordVariable, keystorePasswordVersion } = props;
  if (forms.length > 0) {
    const reason = "contain the key, but this broker keeps its key";
    problems.add("forms", forms, reason, "leave them out, and make them on the broker", "conflict");
  }
  for (const [name, value] of Object.entries({ keystorePasswordVariable, keystorePasswordVersion })) {
    if (value !== undefined) {
      const reason = "is for a file with a key, but this broker keeps its key";
      problems.addHidden(name, reason, "leave it out", "conflict");
    }
  }
}

/** Files the options that the local provider does not support: its files and folders belong to the user who deploys. */
export function refuseWhatTheProviderCannotGive(
  problems: Problems,
  props: FileAccessProps,
  custody: Custody | undefined,
): void {
  for (const name of ["fileOwner", "fileGroup", "folderMode"] as const) {
    if (custody === "state" && props[name] !== undefined) {
      const reason =
        'cannot be set with custody "state": its local provider sets no owners, and gives all folders one mode';
      const fix = 'choose custody "machine", or hand the files out with your own command (chown, setfacl)';
      problems.add(name, props[name], reason, fix, "unsupported");
    }
  }
}

/** @throws InvalidInputError if the text is longer than a file may be */
function ofBoundedLength(pem: string): string {
  // Plain JavaScript may give anything.
  if (typeof pem === "string" && pem.length > INPUT_AT_MOST) {
    throw tooLarge("a request", hide(pem), Buffer.byteLength(pem));
  }
  return pem;
}

/** @throws InvalidInputError if the file cannot be read */
function readRequest(file: string | undefined, command: string): Buffer {
  const refuse = (reason: string, fix: string) => invalid("a request", file, reason, fix, "unreadable");
  if (typeof file !== "string" || file === "") {
    throw refuse("is not the name of a file", 'name the file, as in "csr/mqtt-1.csr"');
  }
  let content: Buffer;
  try {
    content = readFileSync(file);
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code !== "ENOENT";
    throw refuse(
      isThere ? "cannot be read" : "does not exist",
      isThere
        ? "make sure that it is a file that you may read"
        : `make it on the broker, and bring it here: ${command}`,
    );
  }
  if (content.length > INPUT_AT_MOST) {
    throw tooLarge("a request", file, content.length);
  }
  return content;
}

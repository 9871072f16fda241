import type { KeyObject } from "node:crypto";
import { parsePassword, type PasswordReference } from "../../../../machine-format/declared";
import { shellWord } from "../../../../values/shell-word";
import { Failure } from "../failure";
import { openKey } from "./key";
import { protect } from "./protect-key";
import type { Secrets } from "../secrets";

/**
 * Opens a key's file.
 *
 * @param path for messages
 * @param password the variable of its password; undefined if it has none
 * @throws Failure if it cannot be opened
 */
export function openKeyFile(
  path: string,
  pem: string,
  password: { readonly variable: string } | undefined,
  secrets: Secrets,
): KeyObject {
  const opened = openKey(pem, password && secrets.passwordIn(password.variable));
  switch (opened) {
    case "password needed":
      throw new Failure(`${path} has a password: declare its passwordVariable`);
    case "wrong password":
      throw new Failure(`${path} cannot be read with the password in TF_VAR_${password?.variable ?? ""}`);
    case "legacy cipher":
      throw new Failure(
        `${path} uses a cipher that OpenSSL 3 no longer opens: convert it with openssl pkcs8 -topk8 -provider legacy -provider default -in ${shellWord(path)}`,
      );
    case "not a key":
      throw new Failure(`${path} contains no private key in PEM`);
    default:
      return opened;
  }
}

/**
 * The variable with the present password of a key's file.
 *
 * @param recorded the recorded password reference; `declared` is the declared one
 */
export function presentPassword(recorded: string, declared: string): { readonly variable: string } | undefined {
  const [old, next] = [recorded, declared].map(parsePassword);
  // The variable already has the new password.
  const isReplaced = old !== undefined && old.variable === next?.variable && old.version !== next.version;
  return old && { variable: isReplaced ? `${old.variable}_before` : old.variable };
}

/** The content of a key's file: PKCS #8 in PEM, with the declared password, if any. */
export async function keyFile(
  key: KeyObject,
  password: PasswordReference | undefined,
  secrets: Secrets,
  plainPem?: string,
): Promise<string> {
  return password === undefined
    ? (plainPem ?? key.export({ type: "pkcs8", format: "pem" }).toString())
    : protect(key, secrets.passwordIn(password.variable), password.iterations);
}

import type { StorePassword } from "../../../../../values/files/forms";
import { Failure } from "../../failure";
import type { Secrets } from "../../secrets";

/** @throws Failure if it is missing, or Java cannot open a file with it */
export function storePassword({ variable }: StorePassword, secrets: Secrets): string {
  const password = secrets.passwordIn(variable);
  if (!/^[ -~]*$/.test(password)) {
    throw new Failure(
      `the password in TF_VAR_${variable} contains characters outside printable ASCII, and Java cannot open a PKCS #12 file with it: choose another`,
    );
  }
  return password;
}

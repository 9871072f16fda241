import type { DistinguishedName } from "../../values/distinguished-name";
import type { KeyParameters } from "../../values/key-algorithm";
import { type AlternativeNames, describeNames } from "../alternative-names";
import { findCurve } from "../key-type";
import { quoteForShell } from "../../values/shell-word";
import { subjectArgument } from "./subject-argument";

/**
 * The command that makes a broker's key (`server.key`, readable only by its owner) and certificate signing request
 * (`server.csr`), on the broker: one line for a POSIX shell and OpenSSL 1.1.1 or later. It overwrites both files.
 *
 * @param request the subject, at least one name spelled as in `Address`, and the parameters of the key
 */
export function formatRequestCommand(
  request: AlternativeNames & { readonly subject: DistinguishedName; readonly keyParameters: KeyParameters },
): string {
  const { subject, keyParameters } = request;
  // Critical if the certificate has no subject.
  const extension = `subjectAltName = ${subject.isEmpty ? "critical, " : ""}${describeNames(request).join(", ")}`;
  return [
    `openssl req -new -newkey ${newKey(keyParameters)} -nodes -utf8 -keyout server.key -out server.csr`,
    `-subj ${quoteForShell(subjectArgument(subject))} -addext ${quoteForShell(extension)}`,
  ].join(" ");
}

/** The key, and the hash that is signed. Ed25519 has its own hash. */
function newKey({ algorithm, rsaBits, ecdsaCurve }: KeyParameters): string {
  switch (algorithm) {
    case "RSA":
      return `rsa:${rsaBits} -sha256`;
    case "ECDSA":
      return `ec -pkeyopt ec_paramgen_curve:${nameOfCurve(ecdsaCurve)} -sha256`;
    case "ED25519":
      return "ed25519";
  }
}

function nameOfCurve(parameter: KeyParameters["ecdsaCurve"]): string {
  const curve = findCurve(parameter);
  if (curve === undefined) {
    throw new Error(`Nothing is known of the curve ${parameter}`);
  }
  return curve.name;
}

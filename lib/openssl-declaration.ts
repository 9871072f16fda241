import { createHash } from "node:crypto";
import type { CertificateAuthoritySpec } from "./values/certificate-authority-spec";
import { NO_KEY } from "./openssl-plan";
import { KeyAlgorithm } from "./values/key-algorithm";
import type { KeyPassword } from "./values/key-password";
import { opensslNames, opensslNamesExtension, opensslSubject } from "./values/openssl-subject";
import type { ServerCertificateSpec } from "./values/server-certificate-spec";

/** What openssl is to issue, in its own terms. */
export interface Declared {
  /** As `-subj` takes it. */
  readonly subject: string;
  readonly days: number;
  readonly key: string;
  /** Lines of openssl.cnf. */
  readonly extensions: string;
  /** A hash of what was declared. */
  readonly intent: string;
}

/** A broker's, in the table of all of them. */
export interface DeclaredServer extends Declared {
  /** The subject alternative names. */
  readonly names: string;
  /** The generation of the authority that signs. */
  readonly generation: string;
  readonly renew_before_hours: number;
  /** Where it is not the first. */
  readonly key_version?: string;
  readonly password?: string;
  readonly csr?: string;
}

/** What openssl is to issue to an authority, for itself. */
export function declareAuthority(spec: CertificateAuthoritySpec): Declared {
  const declared = withIntent({
    subject: opensslSubject(spec.subject),
    days: spec.durationHours / 24,
    key: KeyAlgorithm.nameOf(spec.keyParameters),
    extensions: authorityExtensions(spec),
  });
  // The hash has the e-mail address with the subject: it stays what it is for authorities that were made without the name.
  return spec.subject.attributes.emailAddress === undefined
    ? declared
    : { ...declared, extensions: `${declared.extensions}\n${EMAIL_NAME}` };
}

/** RFC 5280, section 4.1.2.6. What openssl copies from the subject needs no quotes, whatever is in it. */
const EMAIL_NAME = "subjectAltName = email:copy";

function authorityExtensions({ pathLength, permittedDomains }: CertificateAuthoritySpec): string {
  return [
    "keyUsage = critical, keyCertSign, cRLSign",
    `basicConstraints = critical, CA:TRUE${pathLength === undefined ? "" : `, pathlen:${pathLength}`}`,
    "subjectKeyIdentifier = hash",
    ...(permittedDomains === undefined
      ? []
      : [`nameConstraints = critical, ${permittedDomains.map((domain) => `permitted;DNS:${domain}`).join(", ")}`]),
  ].join("\n");
}

/** What openssl is to issue to a broker. */
export function declareServer(spec: ServerCertificateSpec, generation: number): DeclaredServer {
  const { keyParameters, keyVersion, subject, durationHours, renewBeforeHours, password, request } = spec;
  const issued = {
    subject: opensslSubject(subject),
    days: durationHours / 24,
    key: request === undefined ? KeyAlgorithm.nameOf(keyParameters) : NO_KEY,
    extensions: [
      `keyUsage = critical, digitalSignature${spec.canEncipher ? ", keyEncipherment" : ""}`,
      "extendedKeyUsage = serverAuth",
      "basicConstraints = critical, CA:FALSE",
      "subjectKeyIdentifier = hash",
      "authorityKeyIdentifier = keyid",
      opensslNamesExtension(subject, spec),
    ].join("\n"),
  };
  return {
    ...withIntent(issued, request?.pem),
    names: opensslNames(spec).join(", "),
    generation: `${generation}`,
    renew_before_hours: renewBeforeHours,
    ...(keyVersion > 1 && { key_version: `${keyVersion}` }),
    ...(password !== undefined && { password: describePassword(password) }),
    ...(request !== undefined && { csr: request.pem }),
  };
}

/** Which password it is: not the password. */
export function describePassword({ variable, version }: KeyPassword): string {
  return `${variable}/${version}`;
}

/** A change of this re-issues every certificate of every user. */
function withIntent(declared: Omit<Declared, "intent">, csr?: string): Declared {
  const { subject, days, key, extensions } = declared;
  const text = JSON.stringify([subject, days, key, extensions, ...(csr === undefined ? [] : [csr])]);
  return { ...declared, intent: createHash("sha256").update(text).digest("hex") };
}

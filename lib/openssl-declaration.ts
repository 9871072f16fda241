import { createHash } from "node:crypto";
import type { CertificateAuthoritySpec } from "./values/certificate-authority-spec";
import type { DistinguishedName, DistinguishedNameProps } from "./values/distinguished-name";
import { KeyAlgorithm } from "./values/key-algorithm";
import type { ServerCertificateSpec } from "./values/server-certificate-spec";

/** What openssl is to issue, in its own terms. */
export interface Declared {
  /** As `-subj` takes it. */
  readonly subject: string;
  readonly days: number;
  readonly key: string;
  /** Lines of openssl.cnf. */
  readonly extensions: string;
  /** A hash of all that. */
  readonly intent: string;
}

/** A broker's, in the table of all of them. */
export interface DeclaredServer extends Declared {
  /** The subject alternative names. */
  readonly names: string;
  readonly renew_before_hours: number;
}

/** In the order of Terraform's tls provider. */
const ATTRIBUTE_TYPES: Readonly<Record<keyof DistinguishedNameProps, string>> = {
  country: "C",
  province: "ST",
  locality: "L",
  organization: "O",
  organizationalUnit: "OU",
  commonName: "CN",
  emailAddress: "emailAddress",
};

/** What openssl is to issue to an authority, for itself. */
export function declareAuthority(spec: CertificateAuthoritySpec): Declared {
  return withIntent({
    subject: subjectOf(spec.subject),
    days: spec.durationHours / 24,
    key: KeyAlgorithm.nameOf(spec.keyParameters),
    extensions: authorityExtensions(spec),
  });
}

/** As `-subj` takes it: a backslash makes a character a part of the text. */
function subjectOf({ attributes }: DistinguishedName): string {
  const parts = Object.entries(ATTRIBUTE_TYPES).flatMap(([attribute, type]) => {
    const text = attributes[attribute as keyof DistinguishedNameProps];
    return text === undefined ? [] : [`/${type}=${text.replace(/[/+\\]/g, "\\$&")}`];
  });
  return parts.length === 0 ? "/" : parts.join("");
}

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
export function declareServer(spec: ServerCertificateSpec): DeclaredServer {
  const { keyParameters, dnsNames, ipAddresses, subject, durationHours, renewBeforeHours } = spec;
  const names = [...dnsNames.map((name) => `DNS:${name}`), ...ipAddresses.map((address) => `IP:${address}`)].join(", ");
  const declared = withIntent({
    subject: subjectOf(subject),
    days: durationHours / 24,
    key: KeyAlgorithm.nameOf(keyParameters),
    extensions: [
      // Key encipherment is RSA's alone: a signature algorithm encrypts nothing (RFC 5480, section 3; RFC 8410, section 5).
      `keyUsage = critical, digitalSignature${keyParameters.algorithm === "RSA" ? ", keyEncipherment" : ""}`,
      "extendedKeyUsage = serverAuth",
      "basicConstraints = critical, CA:FALSE",
      "subjectKeyIdentifier = hash",
      "authorityKeyIdentifier = keyid",
      // Critical where there is no other name (RFC 5280, section 4.2.1.6).
      `subjectAltName = ${subject.isEmpty ? "critical, " : ""}${names}`,
    ].join("\n"),
  });
  return { ...declared, names, renew_before_hours: renewBeforeHours };
}

/** A change of this re-issues every certificate of every user. */
function withIntent(declared: Omit<Declared, "intent">): Declared {
  const { subject, days, key, extensions } = declared;
  const text = JSON.stringify([subject, days, key, extensions]);
  return { ...declared, intent: createHash("sha256").update(text).digest("hex") };
}

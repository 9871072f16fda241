import type { Name } from "@peculiar/asn1-x509";
import { quoteForShell } from "../../values/shell-word";
import { ATTRIBUTE_OIDS } from "../name";
import { argumentOf, type ShortAttribute } from "./subject-argument";

/** An authority whose certificate needs to be re-issued. */
interface Authority {
  /** The subject as encoded in the certificate: certificates that it signed name it so. */
  readonly encodedName: Name;
  readonly isRoot: boolean;
  readonly pathLength: number | undefined;
  /** A domain that starts with a dot permits only the names below it. */
  readonly permittedDomains: readonly string[] | undefined;
}

/**
 * The command that re-issues the certificate of an authority, with its key `ca.key`, so that all clients accept it: one line for
 * a POSIX shell and OpenSSL 3. `issuer.pem` and `issuer.key` sign an intermediate authority.
 */
export function formatAuthorityCommand({ encodedName, isRoot, pathLength, permittedDomains }: Authority): string {
  const extensions = [
    `basicConstraints = critical,CA:TRUE${pathLength === undefined ? "" : `,pathlen:${pathLength}`}`,
    "keyUsage = critical,keyCertSign,cRLSign",
    "subjectKeyIdentifier = hash",
    "authorityKeyIdentifier = keyid",
    ...(permittedDomains === undefined
      ? []
      : [`nameConstraints = critical,${permittedDomains.map((domain) => `permitted;DNS:${domain}`).join(",")}`]),
  ];
  return [
    "openssl req -x509 -key ca.key -out ca.pem -sha256 -days 3650 -utf8",
    ...(isRoot ? [] : ["-CA issuer.pem -CAkey issuer.key"]),
    `-subj ${quoteForShell(subjectOf(encodedName))}`,
    ...extensions.map((extension) => `-addext ${quoteForShell(extension)}`),
  ].join(" ");
}

/** The attributes of names that authorities have, as openssl calls them. */
const SHORT_NAMES: ReadonlyMap<string, string> = new Map([
  [ATTRIBUTE_OIDS.country, "C"],
  [ATTRIBUTE_OIDS.province, "ST"],
  [ATTRIBUTE_OIDS.locality, "L"],
  [ATTRIBUTE_OIDS.organization, "O"],
  [ATTRIBUTE_OIDS.organizationalUnit, "OU"],
  [ATTRIBUTE_OIDS.commonName, "CN"],
  [ATTRIBUTE_OIDS.emailAddress, "emailAddress"],
  ["0.9.2342.19200300.100.1.25", "DC"],
  ["0.9.2342.19200300.100.1.1", "UID"],
  ["2.5.4.4", "SN"],
  ["2.5.4.5", "serialNumber"],
  ["2.5.4.9", "street"],
  ["2.5.4.12", "title"],
  ["2.5.4.17", "postalCode"],
  ["2.5.4.41", "name"],
  ["2.5.4.42", "GN"],
  ["2.5.4.97", "organizationIdentifier"],
]);

/** The subject, in its own order. If openssl would leave a part out, it is an ellipsis, which openssl refuses. */
function subjectOf(name: Name): string {
  const sets = [...name].map((set) =>
    [...set].map(({ type, value }): ShortAttribute => [SHORT_NAMES.get(type) ?? "", value.toString()]),
  );
  const isSaid = sets.length > 0 && sets.flat().every(([type, text]) => type !== "" && /^\P{C}+$/u.test(text));
  return isSaid ? argumentOf(sets) : "…";
}

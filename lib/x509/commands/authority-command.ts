import type { Name } from "@peculiar/asn1-x509";
import { quoteForShell } from "../../values/shell-word";
import { ATTRIBUTE_OIDS } from "../name";
import { argumentOf, type ShortAttribute } from "./subject-argument";

/** An authority whose certificate is to be issued anew. */
interface Authority {
  /** As it stands in the certificate: who it signed knows it by that. */
  readonly encodedName: Name;
  readonly isRoot: boolean;
  readonly pathLength: number | undefined;
  /** One that starts with a dot permits the names below it alone. */
  readonly permittedDomains: readonly string[] | undefined;
}

/**
 * The command that makes another certificate of an authority, of its key `ca.key`, that all clients take: one line for a
 * POSIX shell and OpenSSL 3. What signs an intermediate authority is `issuer.pem` and `issuer.key`.
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

/** In its own order. Where openssl would leave a part of it out, an ellipsis, which openssl does not take. */
function subjectOf(name: Name): string {
  const sets = [...name].map((set) =>
    [...set].map(({ type, value }): ShortAttribute => [SHORT_NAMES.get(type) ?? "", value.toString()]),
  );
  const isSaid = sets.length > 0 && sets.flat().every(([type, text]) => type !== "" && /^\P{C}+$/u.test(text));
  return isSaid ? argumentOf(sets) : "…";
}

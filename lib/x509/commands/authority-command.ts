import type { DistinguishedName } from "../../values/distinguished-name";
import { quoteForShell, subjectArgument } from "./shell";

/** An authority whose certificate is to be issued anew. */
interface Authority {
  /** Undefined where it has attributes of its own. */
  readonly subject: DistinguishedName | undefined;
  readonly isRoot: boolean;
  readonly pathLength: number | undefined;
  /** One that starts with a dot permits the names below it alone. */
  readonly permittedDomains: readonly string[] | undefined;
}

/**
 * The command that makes another certificate of an authority, of its key `ca.key`, that all clients take: one line for a
 * POSIX shell and OpenSSL 3. What signs an intermediate authority is `issuer.pem` and `issuer.key`.
 */
export function formatAuthorityCommand({ subject, isRoot, pathLength, permittedDomains }: Authority): string {
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
    `-subj ${subject === undefined ? "'/CN=…'" : quoteForShell(subjectArgument(subject))}`,
    ...extensions.map((extension) => `-addext ${quoteForShell(extension)}`),
  ].join(" ");
}

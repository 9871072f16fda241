import type { AuthorityGenerationProps } from "../fleet-props";
import type { CertificateAuthoritySpecProps } from "../certificate-authority-spec";
import type { ImportedAuthorityProps } from "../imported-authority-spec";
import { CUSTODY, type TableOf } from "./property";

/** An authority that is made here. */
export const CERTIFICATE_AUTHORITY = {
  subject: { what: "Its name: as a broker's, and `commonName` and `emailAddress`. At least one attribute." },
  keyAlgorithm: { what: "The algorithm of its key, and so of its signatures: as a broker's.", default: "RSA-2048" },
  duration: {
    what: "How long its certificate is valid: longer than any broker's.",
    default: "3650 days",
    page: "how-to/renew.md",
  },
  custody: CUSTODY,
  permittedDomains: {
    what: "The DNS domains, each with all names below it, that it may certify: with custody `machine`.",
    default: "any name",
    page: "how-to/imported-authority.md",
  },
  pathLength: {
    what: "How many authorities may stand between it and a server certificate: with custody `machine`.",
    default: "any number",
    page: "how-to/imported-authority.md",
  },
  passwordVariable: {
    what: "The name of the Terraform variable that has the password of `ca.key`.",
    default: "no password",
    page: "how-to/passwords.md",
  },
  passwordVersion: {
    what: "To be raised when the password is another one.",
    default: "1",
    page: "how-to/passwords.md",
  },
  passwordIterations: {
    what: "How often PBKDF2 hashes the password.",
    default: "600000",
    page: "how-to/passwords.md",
  },
  preventDestroy: {
    what: "Whether a plan fails that would destroy or replace its key or its certificate.",
    default: "`true`",
    page: "how-to/roll-over.md",
  },
} as const satisfies TableOf<CertificateAuthoritySpecProps>;

/** An authority that was made elsewhere. */
export const IMPORTED_AUTHORITY = {
  certificateFile: {
    what: "The file of its certificate, and those of the authorities above it: PEM, or DER where it is alone.",
    default: "`certificatePem`",
    page: "how-to/imported-authority.md",
  },
  certificatePem: { what: "The same as text.", default: "`certificateFile`", page: "how-to/imported-authority.md" },
  keyFile: { what: "The file of its key, in PEM.", default: "`keyVariable`", page: "how-to/imported-authority.md" },
  keyVariable: {
    what: "The name of the Terraform variable that has its key, in PEM.",
    default: "`keyFile`",
    page: "how-to/imported-authority.md",
  },
  passwordVariable: {
    what: "The name of the Terraform variable that has the password of `keyFile`.",
    default: "no password",
    page: "how-to/imported-authority.md",
  },
  custody: CUSTODY,
} as const satisfies TableOf<ImportedAuthorityProps>;

/** What an authority of a fleet says beside that. */
export const GENERATION = {
  generation: {
    what: "Its number, which it keeps, where there are several in turn.",
    default: "1",
    page: "how-to/roll-over.md",
  },
} as const satisfies TableOf<Pick<AuthorityGenerationProps, "generation">>;

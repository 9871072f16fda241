import type { AuthorityGenerationProps } from "../fleet-props";
import type { CertificateAuthoritySpecProps } from "../certificate-authority-spec";
import type { ImportedAuthorityProps } from "../imported-authority-spec";
import { CUSTODY, type TableOf } from "./property";

/** The properties of an authority that is made here. */
export const CERTIFICATE_AUTHORITY = {
  subject: {
    what: "The name of the authority: the attributes of a broker's subject, `commonName` and `emailAddress`. At least one attribute.",
  },
  keyAlgorithm: {
    what: "The algorithm of the authority's key, and so of its signatures: one of those for brokers.",
    default: "RSA-2048",
  },
  duration: {
    what: "The time for which the authority's certificate is valid: longer than any broker's.",
    default: "3650 days",
    page: "how-to/renew.md",
  },
  custody: CUSTODY,
  permittedDomains: {
    what: "The DNS domains that the authority may certify, each with all names below it. It needs custody `machine`.",
    default: "any name",
    page: "how-to/imported-authority.md",
  },
  pathLength: {
    what: "The number of authorities that may be between this one and a server certificate. It needs custody `machine`.",
    default: "any number",
    page: "how-to/imported-authority.md",
  },
  passwordVariable: {
    what: "The name of the Terraform variable with the password of `ca.key`.",
    default: "no password",
    page: "how-to/passwords.md",
  },
  passwordVersion: {
    what: "The version of the password. Raise it when the password changes.",
    default: "1",
    page: "how-to/passwords.md",
  },
  passwordIterations: {
    what: "The number of PBKDF2 iterations for the password.",
    default: "600000",
    page: "how-to/passwords.md",
  },
  preventDestroy: {
    what: "Whether a plan fails that would destroy or replace the authority's key or certificate.",
    default: "`true`",
    page: "how-to/roll-over.md",
  },
} as const satisfies TableOf<CertificateAuthoritySpecProps>;

/** The properties of an imported authority. */
export const IMPORTED_AUTHORITY = {
  certificateFile: {
    what: "The file of the authority's certificate, followed by those of the authorities above it: PEM, or DER for a single certificate.",
    default: "`certificatePem`",
    page: "how-to/imported-authority.md",
  },
  certificatePem: {
    what: "The same certificates as text.",
    default: "`certificateFile`",
    page: "how-to/imported-authority.md",
  },
  keyFile: {
    what: "The file of the authority's key, in PEM.",
    default: "`keyVariable`",
    page: "how-to/imported-authority.md",
  },
  keyVariable: {
    what: "The name of the Terraform variable with the authority's key, in PEM.",
    default: "`keyFile`",
    page: "how-to/imported-authority.md",
  },
  passwordVariable: {
    what: "The name of the Terraform variable with the password of `keyFile`.",
    default: "no password",
    page: "how-to/imported-authority.md",
  },
  custody: CUSTODY,
} as const satisfies TableOf<ImportedAuthorityProps>;

/** The further properties of an authority in a fleet. */
export const GENERATION = {
  generation: {
    what: "The number of the generation, if there are several in turn. It never changes.",
    default: "1",
    page: "how-to/roll-over.md",
  },
} as const satisfies TableOf<Pick<AuthorityGenerationProps, "generation">>;

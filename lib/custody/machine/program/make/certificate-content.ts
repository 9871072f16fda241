import type { DistinguishedNameProps } from "../../../../values/distinguished-name";
import type { AlternativeNames } from "../../../../x509/alternative-names";
import type { ServerUses } from "../../../../x509/profile";

/** The content of a certificate. */
export interface CertificateContent {
  readonly subject: Readonly<DistinguishedNameProps>;
  /** In whole seconds, like {@link notAfter}. */
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly usage: ServerUsage | AuthorityUsage;
}

/** For TLS servers, with at least one name. */
export interface ServerUsage extends AlternativeNames, ServerUses {
  readonly kind: "server";
}

/** For signing certificates. */
export interface AuthorityUsage {
  readonly kind: "authority";
  /** @default - any number of authorities may stand below it */
  readonly pathLength?: number;
  /** @default - any domain is permitted */
  readonly permittedDomains?: readonly string[];
}

import type { Construct } from "constructs";
import { formatAccess } from "../../machine-format/access";
import {
  type DeclaredAuthority,
  type DeclaredServer,
  formatPassword,
  type ImportedAuthority,
  NO_KEY,
} from "../../machine-format/declared";
import { formatForms } from "../../machine-format/forms";
import { sha256 } from "../../machine-format/record";
import { describeNames } from "../../x509/alternative-names";
import { digestFor } from "../../x509/profile";
import type { CertificateAuthoritySpec } from "../../spec/certificate-authority-spec";
import { Duration } from "../../values/duration";
import type { ImportedAuthoritySpec } from "../../spec/imported-authority-spec";
import { KeyAlgorithm } from "../../values/key-algorithm";
import type { ServerCertificateSpec } from "../../spec/server-certificate-spec";
import { relativeToStackFolder } from "../../terraform/stack-path";

/** The declaration of an authority that the program makes in the directory. */
export function declareAuthority(spec: CertificateAuthoritySpec): DeclaredAuthority {
  const { subject, keyParameters, durationHours, permittedDomains, pathLength, password } = spec;
  const content = {
    key: KeyAlgorithm.nameOf(keyParameters),
    hours: durationHours,
    attributes: subject.attributes,
    digest: digestFor(keyParameters.ecdsaCurve),
    ...(permittedDomains !== undefined && { permitted_domains: permittedDomains }),
    ...(pathLength !== undefined && { path_length: pathLength }),
  };
  return {
    subject: subject.shortText,
    validity: Duration.describe(durationHours),
    ...withIntent(content),
    password: password === undefined ? "" : formatPassword(password),
  };
}

/** The declaration of an imported authority, with paths from the folder of the stack of `scope`. */
export function declareImported(scope: Construct, spec: ImportedAuthoritySpec): ImportedAuthority {
  const { keyFile, keyVariable, passwordVariable, certificatePem, chainPem, trustAnchorPem, notAfter, digest } = spec;
  return {
    key: NO_KEY,
    intent: `${spec.trustAnchorIdentity}/${sha256(trustAnchorPem)}`,
    password: "",
    digest,
    certificate: certificatePem,
    chain: chainPem,
    trust_anchor: trustAnchorPem,
    not_after: notAfter,
    fingerprint: sha256(certificatePem + chainPem),
    ...(keyFile !== undefined && { key_file: relativeToStackFolder(scope, keyFile) }),
    ...(keyVariable !== undefined && { key_variable: keyVariable }),
    ...(passwordVariable !== undefined && { password_variable: passwordVariable }),
  };
}

/** The declaration of a broker. */
export function declareServer(spec: ServerCertificateSpec, generation: number): DeclaredServer {
  const { keyParameters, keyVersion, subject, durationHours, password, request, dnsNames, ipAddresses, forms } = spec;
  const { reloadCommand } = spec;
  const content = {
    key: request === undefined ? KeyAlgorithm.nameOf(keyParameters) : NO_KEY,
    hours: durationHours,
    attributes: subject.attributes,
    dns_names: dnsNames,
    ip_addresses: ipAddresses,
    can_encipher: spec.canEncipher,
    ...(spec.clientAuth && { client_auth: true as const }),
    ...(request !== undefined && { request: request.pem }),
  };
  return {
    subject: subject.shortText,
    names: describeNames(spec).join(", "),
    validity: Duration.describe(durationHours),
    ...withIntent(content),
    generation: `${generation}`,
    renew_before_hours: spec.renewBeforeHours,
    key_version: `${keyVersion}`,
    password: password === undefined ? "" : formatPassword(password),
    ...(reloadCommand !== undefined && { address: spec.address.text, reload: reloadCommand }),
    // These do not change the certificate.
    ...(forms.names.length > 0 && { forms: formatForms(forms) }),
    ...(spec.access !== undefined && { access: formatAccess(spec.access) }),
  };
}

/** The content of a certificate with its hash. A changed hash re-issues the certificate, so a change here re-issues every user's. */
function withIntent<T extends object>(content: T): T & { readonly intent: string } {
  return { ...content, intent: sha256(JSON.stringify(content)) };
}

import { createHash } from "node:crypto";
import type { Construct } from "constructs";
import { declareAuthority, describePassword } from "./openssl-declaration";
import { endAfter, NO_KEY } from "./openssl-plan";
import { ensurePasswordVariable, ensureSecretVariable } from "./secret-variable";
import { StackFile } from "./stack-file";
import type { CertificateAuthoritySpec } from "./values/certificate-authority-spec";
import type { ImportedAuthoritySpec } from "./values/imported-authority-spec";
import { fromStackFolder } from "./working-directory";

/** What openssl signs with: text, or expressions where it is said so. */
export interface OpensslAuthority {
  /** The algorithm of the key that is kept in the directory, or that there is none. */
  readonly key: string;
  /** A hash of all that its certificate says. */
  readonly intent: string;
  /** Of one that was made elsewhere: what clients know it by, and the hash of its PEM. */
  readonly trustAnchor?: { readonly identity: string; readonly sha256: string };
  readonly password: string;
  /** When a certificate that is put into the directory now ends: an expression, in which `token` has the time. */
  readonly end: string;
  /** What a plan shows of it. */
  readonly shown: Readonly<Record<string, unknown>>;
  /** What the script is told to put its certificate into the directory. */
  readonly orders: Readonly<Record<string, string>>;
  /** What the script is told to sign with it, beside what it finds in the directory. */
  readonly signing: Readonly<Record<string, string>>;
  /** The file with a key that was made elsewhere, as a user knows it. */
  readonly keyFile: string | undefined;
  /** Whether a plan fails that would make another authority of it. */
  readonly preventDestroy: boolean;

  /**
   * What the certificates that it signs depend on: the hash of its own, and its end. Undefined where that is in its record.
   */
  readonly issuer: { readonly certificate: string; readonly notAfter: string } | undefined;
}

/** One whose key and certificate are made in the directory. */
export function ownAuthority(scope: Construct, spec: CertificateAuthoritySpec): OpensslAuthority {
  const { permittedDomains, pathLength } = spec;
  const { subject, key, days, extensions, intent } = declareAuthority(spec);
  const password = spec.password === undefined ? "" : describePassword(spec.password);
  if (spec.password !== undefined) {
    ensurePasswordVariable(scope, spec.password.variable);
  }
  // As Terraform's tls provider chooses it for the authority's key.
  const digest = spec.keyParameters.ecdsaCurve === "P384" ? "-sha384" : "-sha256";
  const protection = password === "" ? {} : { password };
  return {
    key,
    intent,
    password,
    end: endAfter(`${days}`),
    shown: {
      subject,
      key,
      days,
      ...(permittedDomains !== undefined && { permitted_domains: permittedDomains.join(", ") }),
      ...(pathLength !== undefined && { path_length: pathLength }),
      ...protection,
    },
    orders: {
      DAYS: `${days}`,
      RENEW_BEFORE: "0",
      DIGEST: digest,
      SUBJECT: subject,
      EXTENSIONS: extensions,
      ...(password !== "" && { PASSWORD: password }),
    },
    signing: { DIGEST: digest, ...(password !== "" && { CA_PASSWORD: password }) },
    keyFile: undefined,
    preventDestroy: spec.preventDestroy,
    issuer: undefined,
  };
}

/** One whose key and certificate were made elsewhere, and stay there: the directory gets what clients trust. */
export function importedAuthority(scope: Construct, spec: ImportedAuthoritySpec): OpensslAuthority {
  const file = (name: string, text: string): string => new StackFile(scope, name, `${name}.pem`, () => text).path;
  const { keyFile, keyVariable, passwordVariable, certificatePem, chainPem, trustAnchorPem, notAfter } = spec;
  if (keyVariable !== undefined) {
    ensureSecretVariable(scope, { name: keyVariable, content: "private key of the authority", isEphemeral: true });
  }
  if (passwordVariable !== undefined) {
    ensurePasswordVariable(scope, passwordVariable);
  }
  const fingerprint = sha256(certificatePem + chainPem);
  const trustAnchor = { identity: spec.trustAnchorIdentity, sha256: sha256(trustAnchorPem) };
  return {
    key: NO_KEY,
    intent: `${trustAnchor.identity}/${trustAnchor.sha256}`,
    trustAnchor,
    password: "",
    end: JSON.stringify(notAfter),
    shown: { key: keyFile ?? `var.${keyVariable}`, certificate: fingerprint, not_after: notAfter },
    orders: { TRUST_ANCHOR: file("trust-anchor", trustAnchorPem) },
    signing: {
      DIGEST: `-${spec.digest}`,
      CA_CERTIFICATE: file("certificate", certificatePem),
      ...(chainPem !== "" && { CA_CHAIN: file("chain", chainPem) }),
      ...(keyFile !== undefined && { CA_KEY: fromStackFolder(scope, keyFile) }),
      ...(keyVariable !== undefined && { CA_KEY_VARIABLE: keyVariable }),
      ...(passwordVariable !== undefined && {
        CA_PASSWORD: describePassword({ variable: passwordVariable, version: 1 }),
      }),
    },
    keyFile,
    preventDestroy: false,
    issuer: { certificate: fingerprint, notAfter },
  };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

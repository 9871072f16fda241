import { PrivateKey } from "@cdktf/provider-tls/lib/private-key";
import { SelfSignedCert } from "@cdktf/provider-tls/lib/self-signed-cert";
import type { Construct, IConstruct } from "constructs";
import { Attribute, PrivateKeyAttribute } from "./attribute";
import type { IssuedCertificate, Pem } from "./issuer";
import { nameResource } from "./resource-name";
import type { CertificateAuthoritySpec } from "./values/certificate-authority-spec";

/** What Terraform's tls provider signs with. */
export interface ProviderAuthority {
  /** What is written for it, or for its clients. */
  readonly issued: IssuedCertificate;
  /** The certificate of who signs. */
  readonly certificatePem: Pem;
  readonly privateKeyPem: Pem;
  /** What goes after a server's own certificate; undefined where clients need nothing more. */
  readonly chainPem: Pem | undefined;
}

/** Makes a key and a self-signed certificate. */
export function createAuthority(
  scope: Construct,
  spec: CertificateAuthoritySpec,
  resourceName: string | undefined,
): ProviderAuthority {
  const lifecycle = { preventDestroy: spec.preventDestroy };
  const key = nameResource(new PrivateKey(scope, "key", { ...spec.keyParameters, lifecycle }), resourceName);
  const certificate = nameResource(
    new SelfSignedCert(scope, "certificate", {
      privateKeyPem: new Attribute(key, "private_key_pem").in(scope),
      subject: [spec.subject.attributes],
      isCaCertificate: true,
      setSubjectKeyId: true,
      allowedUses: ["cert_signing", "crl_signing"],
      validityPeriodHours: spec.durationHours,
      lifecycle,
    }),
    resourceName,
  );
  const validityEndTime = new Attribute(certificate, "validity_end_time");
  const issued = {
    privateKeyPem: new PrivateKeyAttribute(key, spec.password),
    certificatePem: new Attribute(certificate, "cert_pem"),
    validity: {
      notAfterIn: (other: IConstruct) => validityEndTime.inExpression(other),
      isDueIn: () => "false",
    },
  };
  return {
    issued,
    ...issued,
    chainPem: undefined,
  };
}

import type { Construct, IConstruct } from "constructs";
import { Attribute, PrivateKeyAttribute } from "./attribute";
import { tls } from "../../cdk";
import type { IssuedCertificate, Pem } from "../issuer";
import { certificateConfig } from "./certificate-config";
import { LocalText } from "./local-text";
import { type Expression, hcl, interpolate } from "../../terraform/expression";
import { nameResource } from "../../terraform/resource-name";
import type { CertificateAuthoritySpec } from "../../spec/certificate-authority-spec";
import { AUTHORITY } from "../../x509/profile";

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

/** One that can be had in other stacks too. */
export interface SharedProviderAuthority extends ProviderAuthority {
  /**
   * The same for the stack of `scope`, which has each of its texts once: a reference to another stack costs cdktf time
   * wherever it stands.
   */
  inStackOf(scope: Construct): ProviderAuthority;
}

/** Makes a key and a self-signed certificate. */
export function createAuthority(
  scope: Construct,
  spec: CertificateAuthoritySpec,
  resourceName: string | undefined,
): SharedProviderAuthority {
  const { privateKey, selfSignedCert } = tls();
  const lifecycle = { preventDestroy: spec.preventDestroy };
  const key = nameResource(new privateKey.PrivateKey(scope, "key", { ...spec.keyParameters, lifecycle }), resourceName);
  const certificate = nameResource(
    new selfSignedCert.SelfSignedCert(scope, "certificate", {
      privateKeyPem: new Attribute(key, "private_key_pem").referenceIn(scope),
      subject: [spec.subject.attributes],
      ...certificateConfig(AUTHORITY),
      validityPeriodHours: spec.durationHours,
      lifecycle,
    }),
    resourceName,
  );
  const validityEndTime = new Attribute(certificate, "validity_end_time");
  const privateKeyPem = new PrivateKeyAttribute(key, spec.password);
  const certificatePem = new Attribute(certificate, "cert_pem");
  const issued = {
    privateKeyPem,
    certificatePem,
    validity: {
      notAfterIn: (other: IConstruct) => validityEndTime.expressionIn(other),
      isDueIn: () => hcl`false`,
    },
  };
  return {
    issued,
    ...issued,
    chainPem: undefined,
    inStackOf: (scope) => {
      const local = (part: string, expression: Expression): LocalText =>
        new LocalText(scope, part, interpolate(expression), resourceName && `${resourceName}_${part}`);
      // cdktf has whatever goes from stack to stack sensitive. What is public is to be seen in plans, as it is at home.
      const known = (part: string, attribute: Attribute): LocalText =>
        local(part, hcl`nonsensitive(${attribute.expressionIn(scope)})`);
      const notAfter = known("not_after", validityEndTime);
      const certificateHere = known("certificate", certificatePem);
      return {
        issued: {
          privateKeyPem,
          certificatePem: certificateHere,
          validity: { notAfterIn: () => notAfter.address, isDueIn: () => hcl`false` },
        },
        certificatePem: certificateHere,
        privateKeyPem: local("key", privateKeyPem.expressionIn(scope)),
        chainPem: undefined,
      };
    },
  };
}

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

/** An authority that Terraform's tls provider signs with. */
export interface ProviderAuthority {
  /** The key and the trust anchor that are written or output. */
  readonly issued: IssuedCertificate;
  /** The certificate of the signing authority. */
  readonly certificatePem: Pem;
  readonly privateKeyPem: Pem;
  /** The chain after a server's own certificate; undefined if clients need none. */
  readonly chainPem: Pem | undefined;
}

/** An authority that other stacks can use too. */
export interface SharedProviderAuthority extends ProviderAuthority {
  /**
   * The authority for use in the stack of `scope`, which holds each of its texts once: every reference to another stack costs
   * cdktf time.
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
      // cdktf marks every cross-stack value as sensitive. Plans should show public values, as in the authority's own stack.
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

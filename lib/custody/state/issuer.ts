import type { Construct } from "constructs";
import { Attribute, PrivateKeyAttribute } from "./attribute";
import { type TerraformResource, tls } from "../../cdk";
import { invalid } from "../../errors";
import { certificateConfig } from "./certificate-config";
import { ChainedPem } from "../chained-pem";
import type { IssuedCertificate, Issuer } from "../issuer";
import type { ProviderAuthority } from "./authority";
import { ensureTlsProvider } from "./providers";
import { hcl, interpolate } from "../../terraform/expression";
import { nameResource } from "../../terraform/resource-name";
import type { ServerCertificateSpec } from "../../spec/server-certificate-spec";
import { serverProfile } from "../../x509/profile";

/** Custody `state`: Terraform's tls provider makes keys and certificates, and its state holds them. */
export class ProviderIssuer implements Issuer {
  constructor(private readonly authority: ProviderAuthority) {}

  public get issued(): IssuedCertificate {
    return this.authority.issued;
  }

  public issue(scope: Construct, spec: ServerCertificateSpec, resourceName?: string): IssuedCertificate {
    const [form] = spec.forms.names;
    if (form !== undefined) {
      const fix = 'leave it out, or choose custody "machine"';
      throw invalid(`"${scope.node.path}"`, form, 'is a form that custody "state" does not make', fix, "unsupported");
    }
    ensureTlsProvider(scope);
    const { privateKeyPem, certRequestPem } = spec.request
      ? { privateKeyPem: undefined, certRequestPem: spec.request.pem }
      : createRequest(scope, spec, resourceName);
    const { certificatePem: caCertPem, privateKeyPem: caPrivateKeyPem, chainPem } = this.authority;
    const certificate = nameResource(
      new (tls().locallySignedCert.LocallySignedCert)(scope, "certificate", {
        certRequestPem,
        caCertPem: caCertPem.referenceIn(scope),
        caPrivateKeyPem: caPrivateKeyPem.referenceIn(scope),
        ...certificateConfig(serverProfile(spec)),
        validityPeriodHours: spec.durationHours,
        earlyRenewalHours: spec.renewBeforeHours,
        lifecycle: {
          postcondition: [
            {
              condition: interpolate(
                hcl`timecmp(self.validity_end_time, ${this.issued.validity.notAfterIn(scope)}) <= 0`,
              ),
              errorMessage: `The certificate of ${spec.address.text} expires after its authority's, and clients would refuse it from then on. Give it a shorter duration, or have a later generation of the authority sign it.`,
            },
          ],
        },
      }),
      resourceName,
    );
    const certificatePem = new Attribute(certificate, "cert_pem");
    const validityEndTime = new Attribute(certificate, "validity_end_time");
    const readyForRenewal = new Attribute(certificate, "ready_for_renewal");
    return {
      privateKeyPem,
      certificatePem: chainPem === undefined ? certificatePem : new ChainedPem([certificatePem, chainPem]),
      validity: {
        notAfterIn: (other) => validityEndTime.expressionIn(other),
        // In a plan that renews the certificate, this is "false".
        isDueIn: (other) => readyForRenewal.expressionIn(other),
      },
    };
  }
}

/** Creates a key and its CSR. */
function createRequest(
  scope: Construct,
  spec: ServerCertificateSpec,
  resourceName: string | undefined,
): { readonly privateKeyPem: PrivateKeyAttribute; readonly certRequestPem: string } {
  const key = createKey(scope, spec, resourceName);
  const { dnsNames, ipAddresses, subject } = spec;
  const request = nameResource(
    new (tls().certRequest.CertRequest)(scope, "request", {
      privateKeyPem: new Attribute(key, "private_key_pem").referenceIn(scope),
      ...(!subject.isEmpty && { subject: [subject.attributes] }),
      ...(dnsNames.length > 0 && { dnsNames: [...dnsNames] }),
      ...(ipAddresses.length > 0 && { ipAddresses: [...ipAddresses] }),
    }),
    resourceName,
  );
  return {
    privateKeyPem: new PrivateKeyAttribute(key, spec.password),
    certRequestPem: new Attribute(request, "cert_request_pem").referenceIn(scope),
  };
}

/** Creates the declared version of the key. The provider has no property that re-keys, so each version is another resource. */
function createKey(scope: Construct, spec: ServerCertificateSpec, resourceName: string | undefined): TerraformResource {
  const { PrivateKey } = tls().privateKey;
  const { keyParameters, keyVersion } = spec;
  if (keyVersion === 1) {
    return nameResource(new PrivateKey(scope, "key", keyParameters), resourceName);
  }
  const key = new PrivateKey(scope, `key ${keyVersion}`, keyParameters);
  // No address has two underscores in a row except at the start, so no other broker has this name.
  return nameResource(key, resourceName && `${resourceName}__key_${keyVersion}`);
}

import { CertRequest } from "@cdktf/provider-tls/lib/cert-request";
import { LocallySignedCert } from "@cdktf/provider-tls/lib/locally-signed-cert";
import { PrivateKey } from "@cdktf/provider-tls/lib/private-key";
import { SelfSignedCert } from "@cdktf/provider-tls/lib/self-signed-cert";
import type { Construct } from "constructs";
import { Attribute } from "./attribute";
import type { IssuedCertificate, Issuer } from "./issuer";
import { ensureTlsProvider } from "./providers";
import { nameResource } from "./resource-name";
import type { CertificateAuthoritySpec } from "./values/certificate-authority-spec";
import type { ServerCertificateSpec } from "./values/server-certificate-spec";

/** Custody `state`: Terraform's tls provider makes keys and certificates, and its state holds them. */
export class ProviderIssuer implements Issuer {
  public readonly issued: IssuedCertificate;

  private readonly validityEndTime: Attribute;

  /** @param scope the authority */
  constructor(scope: Construct, spec: CertificateAuthoritySpec, resourceName: string | undefined) {
    ensureTlsProvider(scope);
    const key = nameResource(new PrivateKey(scope, "key", spec.keyParameters), resourceName);
    const certificate = nameResource(
      new SelfSignedCert(scope, "certificate", {
        privateKeyPem: new Attribute(key, "private_key_pem").in(scope),
        subject: [spec.subject.attributes],
        isCaCertificate: true,
        setSubjectKeyId: true,
        allowedUses: ["cert_signing", "crl_signing"],
        validityPeriodHours: spec.durationHours,
      }),
      resourceName,
    );
    this.validityEndTime = new Attribute(certificate, "validity_end_time");
    this.issued = {
      privateKeyPem: new Attribute(key, "private_key_pem_pkcs8"),
      certificatePem: new Attribute(certificate, "cert_pem"),
    };
  }

  public issue(scope: Construct, spec: ServerCertificateSpec, resourceName?: string): IssuedCertificate {
    ensureTlsProvider(scope);
    const key = nameResource(new PrivateKey(scope, "key", spec.keyParameters), resourceName);
    const { dnsNames, ipAddresses, subject } = spec;
    const request = nameResource(
      new CertRequest(scope, "request", {
        privateKeyPem: new Attribute(key, "private_key_pem").in(scope),
        ...(!subject.isEmpty && { subject: [subject.attributes] }),
        ...(dnsNames.length > 0 && { dnsNames }),
        ...(ipAddresses.length > 0 && { ipAddresses }),
      }),
      resourceName,
    );
    const certificate = nameResource(
      new LocallySignedCert(scope, "certificate", {
        certRequestPem: new Attribute(request, "cert_request_pem").in(scope),
        caCertPem: this.issued.certificatePem.in(scope),
        caPrivateKeyPem: this.issued.privateKeyPem.in(scope),
        setSubjectKeyId: true,
        // Key encipherment is RSA's alone: a signature algorithm encrypts nothing (RFC 5480, section 3; RFC 8410, section 5).
        allowedUses: [
          "digital_signature",
          ...(spec.keyParameters.algorithm === "RSA" ? ["key_encipherment"] : []),
          "server_auth",
        ],
        validityPeriodHours: spec.durationHours,
        earlyRenewalHours: spec.renewBeforeHours,
        lifecycle: {
          postcondition: [
            {
              condition: this.outlives(scope),
              errorMessage: `The certificate of ${spec.address.text} ends after its authority's, and would be refused from then on. Give it a shorter duration, or its authority a longer one.`,
            },
          ],
        },
      }),
      resourceName,
    );
    return {
      privateKeyPem: new Attribute(key, "private_key_pem_pkcs8"),
      certificatePem: new Attribute(certificate, "cert_pem"),
    };
  }

  /** The condition that the certificate which it stands at ends no later than this authority's. */
  private outlives(scope: Construct): string {
    return `\${timecmp(self.validity_end_time, ${this.validityEndTime.inExpression(scope)}) <= 0}`;
  }
}

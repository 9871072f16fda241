import { CertRequest } from "@cdktf/provider-tls/lib/cert-request";
import { LocallySignedCert } from "@cdktf/provider-tls/lib/locally-signed-cert";
import { PrivateKey } from "@cdktf/provider-tls/lib/private-key";
import { SelfSignedCert } from "@cdktf/provider-tls/lib/self-signed-cert";
import { Construct, type IConstruct } from "constructs";
import { Attribute } from "./attribute";
import { checkProps } from "./check-props";
import { ensureTlsProvider } from "./providers";
import { nameResource } from "./resource-name";
import { CertificateAuthoritySpec, type CertificateAuthoritySpecProps } from "./values/certificate-authority-spec";
import type { ServerCertificateSpec } from "./values/server-certificate-spec";

/** A key and the certificate for it, as they will be when they are issued. */
export interface IssuedCertificate {
  /** PKCS#8 in PEM, for the eyes of one machine. */
  readonly privateKeyPem: Attribute;
  /** X.509 in PEM. */
  readonly certificatePem: Attribute;
}

/** Who signs server certificates, and whom clients trust. */
export interface ICertificateAuthority extends IConstruct {
  /** What its certificate says. */
  readonly spec: CertificateAuthoritySpec;

  /** Its own certificate, which clients get, and the key for it. */
  readonly issued: IssuedCertificate;

  /**
   * Makes a key and the certificate for it. How is the authority's own affair: `ServerCertificate` only asks for it.
   *
   * @param scope where the resources go
   * @param resourceName the name of all of them; without one, cdktf derives theirs
   */
  issue(scope: Construct, spec: ServerCertificateSpec, resourceName?: string): IssuedCertificate;
}

export interface CertificateAuthorityProps extends CertificateAuthoritySpecProps {
  /**
   * The name that its resources have in Terraform's plans and state.
   * @default - cdktf derives names from the place in the construct tree
   */
  readonly resourceName?: string;
}

/**
 * A self-signed certificate authority, whose key and root certificate are made and held by Terraform's tls provider.
 *
 * The certificate is CA:TRUE, for keyCertSign and cRLSign, with a subject key identifier. Replacing it re-issues every
 * certificate that it signed, and clients trust none of those until they have the new one.
 *
 * It brings the tls provider into its stack, unless the stack has one by then: declare your own before.
 */
export class CertificateAuthority extends Construct implements ICertificateAuthority {
  public readonly spec: CertificateAuthoritySpec;
  public readonly issued: IssuedCertificate;

  private readonly validityEndTime: Attribute;

  /**
   * @throws InvalidInputError with all that is wrong with the props
   */
  constructor(scope: Construct, id: string, props: CertificateAuthorityProps) {
    super(scope, id);
    this.spec = checkProps(this, props, [...CertificateAuthoritySpec.PROPERTIES, "resourceName"], () =>
      CertificateAuthoritySpec.fromProps(props),
    );
    ensureTlsProvider(this);

    const key = nameResource(new PrivateKey(this, "key", this.spec.keyParameters), props.resourceName);
    const certificate = nameResource(
      new SelfSignedCert(this, "certificate", {
        privateKeyPem: new Attribute(key, "private_key_pem").in(this),
        subject: [this.spec.subject.attributes],
        isCaCertificate: true,
        setSubjectKeyId: true,
        allowedUses: ["cert_signing", "crl_signing"],
        validityPeriodHours: this.spec.durationHours,
      }),
      props.resourceName,
    );
    this.validityEndTime = new Attribute(certificate, "validity_end_time");
    this.issued = {
      privateKeyPem: new Attribute(key, "private_key_pem_pkcs8"),
      certificatePem: new Attribute(certificate, "cert_pem"),
    };
  }

  /** The root certificate, X.509 in PEM: a token. */
  public get certificatePem(): string {
    return this.issued.certificatePem.token;
  }

  /** The authority's key, PKCS#8 in PEM: a token for a secret. */
  public get privateKeyPem(): string {
    return this.issued.privateKeyPem.token;
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

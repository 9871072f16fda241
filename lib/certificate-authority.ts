import { Construct, type IConstruct } from "constructs";
import { checkProps } from "./check-props";
import { Problems } from "./errors";
import type { IssuedCertificate, Issuer } from "./issuer";
import { OpensslIssuer } from "./openssl-issuer";
import { checkPemDirectory } from "./pem-paths";
import { ProviderIssuer } from "./provider-issuer";
import { CertificateAuthoritySpec, type CertificateAuthoritySpecProps } from "./values/certificate-authority-spec";
import type { ServerCertificateSpec } from "./values/server-certificate-spec";

/** Who signs server certificates, and whom clients trust. */
export interface ICertificateAuthority extends Issuer, IConstruct {
  /** What its certificate says. */
  readonly spec: CertificateAuthoritySpec;
}

export interface CertificateAuthorityProps extends CertificateAuthoritySpecProps {
  /**
   * The name that its resources have in Terraform's plans and state.
   * @default - cdktf derives names from the place in the construct tree
   */
  readonly resourceName?: string;
  /**
   * Where its files, and those of the certificates that it signs, go: relative to the directory where cdktf is run, or
   * absolute. For custody "machine", which has no keys but in files; with custody "state" there is `PemDirectory`.
   * @default "pki"
   */
  readonly directory?: string;
  /**
   * The name that the directory's own resource has in Terraform's plans and state, with custody "machine".
   * @default - cdktf derives one from the place in the construct tree
   */
  readonly directoryResourceName?: string;
}

const OWN_PROPERTIES = ["resourceName", "directory", "directoryResourceName"];

/**
 * A self-signed certificate authority, whose key and root certificate are made, and held, as its custody has it.
 *
 * The certificate is CA:TRUE, for keyCertSign and cRLSign, with a subject key identifier. Replacing it re-issues every
 * certificate that it signed, and clients trust none of those until they have the new one.
 *
 * With custody "state" it brings the tls provider into its stack, unless the stack has one by then: declare your own before.
 * With custody "machine" its files are those of a directory, and so are those of the certificates that it signs.
 */
export class CertificateAuthority extends Construct implements ICertificateAuthority {
  public readonly spec: CertificateAuthoritySpec;
  public readonly issued: IssuedCertificate;

  private readonly issuer: Issuer;

  /**
   * @throws InvalidInputError with all that is wrong with the props
   */
  constructor(scope: Construct, id: string, props: CertificateAuthorityProps) {
    super(scope, id);
    const { resourceName, directory, directoryResourceName, ...own } = props;
    this.spec = checkProps(this, props, [...CertificateAuthoritySpec.PROPERTIES, ...OWN_PROPERTIES], () => {
      const problems = new Problems();
      const spec = problems.attempt("", () => CertificateAuthoritySpec.fromProps(own));
      if (directory !== undefined) {
        problems.attempt("directory", () => checkPemDirectory(directory));
      }
      for (const [name, value] of Object.entries({ directory, directoryResourceName })) {
        if (spec?.custody === "state" && value !== undefined) {
          problems.add(name, value, 'is for custody "machine" alone', "add a PemDirectory");
        }
      }
      problems.throwIfAny("a certificate authority");
      return spec;
    });
    this.issuer =
      this.spec.custody === "machine"
        ? new OpensslIssuer(this, this.spec, directory ?? "pki", {
            authority: resourceName,
            directory: directoryResourceName,
          })
        : new ProviderIssuer(this, this.spec, resourceName);
    this.issued = this.issuer.issued;
  }

  /** The root certificate, X.509 in PEM: a token. */
  public get certificatePem(): string {
    return this.issued.certificatePem.token;
  }

  /**
   * The authority's key, PKCS#8 in PEM: a token for a secret.
   *
   * @throws InvalidInputError with custody "machine", where it is in its file alone
   */
  public get privateKeyPem(): string {
    return this.issued.privateKeyPem.token;
  }

  public issue(scope: Construct, spec: ServerCertificateSpec, resourceName?: string): IssuedCertificate {
    return this.issuer.issue(scope, spec, resourceName);
  }
}

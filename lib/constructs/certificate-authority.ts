import { Construct } from "constructs";
import { type AuthorityPlaceProps, checkPlace, issuerOf, PLACE_PROPERTIES } from "../custody/issuers";
import { checkProps } from "./check-props";
import { blaming, Problems } from "../errors";
import { ImportedAuthority } from "./imported-authority";
import { type ICertificateAuthority, type IssuedCertificate, type Issuer, keyOf } from "../custody/issuer";
import { CertificateAuthoritySpec, type CertificateAuthoritySpecProps } from "../spec/certificate-authority-spec";
import type { ImportedAuthorityProps } from "../spec/imported-authority-spec";
import type { ServerCertificateSpec } from "../spec/server-certificate-spec";

export interface CertificateAuthorityProps extends CertificateAuthoritySpecProps, AuthorityPlaceProps {}

/** An authority whose certificate and key are in files. */
export interface CertificateAuthorityFileProps
  extends
    Omit<ImportedAuthorityProps, "certificateFile" | "certificatePem" | "keyFile" | "keyVariable">,
    AuthorityPlaceProps,
    Required<Pick<ImportedAuthorityProps, "certificateFile" | "keyFile">> {}

/** An authority whose certificate is text, and whose key comes in a variable. */
export interface CertificateAuthorityPemProps
  extends
    Pick<ImportedAuthorityProps, "custody">,
    AuthorityPlaceProps,
    Required<Pick<ImportedAuthorityProps, "certificatePem" | "keyVariable">> {}

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
  /**
   * An authority that was made elsewhere, with its certificate and key in files. They are read, and stay as they are.
   *
   * @throws InvalidInputError with all that it lacks: CA:TRUE, keyCertSign where it has key usages, a subject key identifier,
   *   strength, validity, the root; and where the key, if it is there to be read at synth, is not the certificate's
   */
  public static fromFiles(scope: Construct, id: string, props: CertificateAuthorityFileProps): ICertificateAuthority {
    return blaming(CertificateAuthority.fromFiles, () => new ImportedAuthority(scope, id, props));
  }

  /**
   * An authority that was made elsewhere, with its certificate as text and its key in a Terraform variable.
   *
   * @throws InvalidInputError as {@link fromFiles}
   */
  public static fromPem(scope: Construct, id: string, props: CertificateAuthorityPemProps): ICertificateAuthority {
    return blaming(CertificateAuthority.fromPem, () => new ImportedAuthority(scope, id, props));
  }

  public readonly spec: CertificateAuthoritySpec;
  public readonly issued: IssuedCertificate;

  private readonly issuer: Issuer;

  /**
   * @throws InvalidInputError with all that is wrong with the props
   */
  constructor(scope: Construct, id: string, props: CertificateAuthorityProps) {
    super(scope, id);
    this.spec = checkProps(this, props, [...CertificateAuthoritySpec.PROPERTIES, ...PLACE_PROPERTIES], () => {
      const problems = new Problems();
      const spec = problems.attempt("", () => CertificateAuthoritySpec.fromProps(props));
      checkPlace(props, spec?.custody, problems);
      problems.throwIfAny("a certificate authority");
      return spec;
    });
    this.issuer = issuerOf(this, this.spec, props);
    this.issued = this.issuer.issued;
  }

  public get certificatePem(): string {
    return this.issued.certificatePem.token;
  }

  /**
   * The authority's key, PKCS#8 in PEM: a token for a secret. It has no password: that is for the file.
   *
   * @throws InvalidInputError with custody "machine", where it is in its file alone
   */
  public get privateKeyPem(): string {
    return keyOf(this, this.issued).token;
  }

  public issue(scope: Construct, spec: ServerCertificateSpec, resourceName?: string): IssuedCertificate {
    return this.issuer.issue(scope, spec, resourceName);
  }
}

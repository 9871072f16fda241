import { Construct } from "constructs";
import type { Custody } from "../values/custody";
import { createIssuer } from "../custody/custodies";
import { type ICertificateAuthority, type Issuer, keyOf } from "../custody/issuer";
import type { AuthorityPlaceProps } from "../custody/place-props";
import { thrownFrom } from "../errors";
import { CertificateAuthoritySpec, type CertificateAuthoritySpecProps } from "../spec/certificate-authority-spec";
import type { ImportedAuthorityProps } from "../spec/imported-authority-spec";
import { CERTIFICATE_AUTHORITY } from "../spec/properties/authority";
import { ImportedAuthority } from "./imported-authority";
import { readAuthority } from "./read-authority";

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
   * @throws InvalidInputError with all that it lacks: CA:TRUE, keyCertSign where it has key usages,
   *   strength, validity, the root; and where the key, if it is there to be read at synth, is not the certificate's
   */
  public static fromFiles(scope: Construct, id: string, props: CertificateAuthorityFileProps): ICertificateAuthority {
    return thrownFrom(CertificateAuthority.fromFiles, () => new ImportedAuthority(scope, id, props));
  }

  /**
   * An authority that was made elsewhere, with its certificate as text and its key in a Terraform variable.
   *
   * @throws InvalidInputError as {@link fromFiles}
   */
  public static fromPem(scope: Construct, id: string, props: CertificateAuthorityPemProps): ICertificateAuthority {
    return thrownFrom(CertificateAuthority.fromPem, () => new ImportedAuthority(scope, id, props));
  }

  /** @internal */
  public readonly spec: CertificateAuthoritySpec;
  /** @internal */
  public readonly issuer: Issuer;

  /**
   * @throws InvalidInputError with all that is wrong with the props
   */
  constructor(scope: Construct, id: string, props: CertificateAuthorityProps) {
    super(scope, id);
    this.spec = readAuthority(this, props, CERTIFICATE_AUTHORITY, () => CertificateAuthoritySpec.fromProps(props));
    this.issuer = createIssuer(this, this.spec, props);
  }

  public get certificatePem(): string {
    return this.issuer.issued.certificatePem.token;
  }

  public get custody(): Custody {
    return this.spec.custody;
  }

  /**
   * The authority's key, PKCS#8 in PEM: a token for a secret. It has no password: that is for the file.
   *
   * @throws InvalidInputError with custody "machine", where it is in its file alone
   */
  public get privateKeyPem(): string {
    return keyOf(this, this.issuer.issued).token;
  }
}

import { Construct } from "constructs";
import { type AuthorityPlaceProps, checkPlace, issuerOf, PLACE_PROPERTIES } from "../custody/issuers";
import type { ICertificateAuthority } from "../custody/issuer";
import { checkProps } from "./check-props";
import { Problems } from "../errors";
import type { IssuedCertificate, Issuer } from "../custody/issuer";
import { ImportedAuthoritySpec, type ImportedAuthorityProps } from "../spec/imported-authority-spec";
import type { ServerCertificateSpec } from "../spec/server-certificate-spec";

/**
 * An authority that was made elsewhere. Its key and certificate stay as they are; clients get the root. What strict
 * clients refuse it for, cdktf shows as warnings.
 */
export class ImportedAuthority extends Construct implements ICertificateAuthority {
  public readonly spec: ImportedAuthoritySpec;
  public readonly issued: IssuedCertificate;

  private readonly issuer: Issuer;

  /**
   * @throws InvalidInputError with all that is wrong with the props, and with what is in the files
   */
  constructor(scope: Construct, id: string, props: ImportedAuthorityProps & AuthorityPlaceProps) {
    super(scope, id);
    this.spec = checkProps(this, props, [...ImportedAuthoritySpec.PROPERTIES, ...PLACE_PROPERTIES], () => {
      const problems = new Problems();
      const spec = problems.attempt("", () => ImportedAuthoritySpec.fromProps(props));
      checkPlace(props, spec?.custody, problems);
      problems.throwIfAny("a certificate authority");
      return spec;
    });
    this.issuer = issuerOf(this, this.spec, props);
    this.issued = this.issuer.issued;
  }

  /** The root certificate, X.509 in PEM: with custody "state" as it was given, else a token. */
  public get certificatePem(): string {
    return this.issued.certificatePem.token;
  }

  public issue(scope: Construct, spec: ServerCertificateSpec, resourceName?: string): IssuedCertificate {
    return this.issuer.issue(scope, spec, resourceName);
  }
}

import { Construct } from "constructs";
import type { Custody } from "../values/custody";
import { createIssuer } from "../custody/custodies";
import type { ICertificateAuthority, Issuer } from "../custody/issuer";
import type { AuthorityPlaceProps } from "../custody/place-props";
import { ImportedAuthoritySpec, type ImportedAuthorityProps } from "../spec/imported-authority-spec";
import { IMPORTED_AUTHORITY } from "../spec/properties/authority";
import { readAuthority } from "./read-authority";

/**
 * An authority that was made elsewhere. Its key and certificate stay as they are; clients get the root. What strict
 * clients refuse it for, cdktf shows as warnings.
 */
export class ImportedAuthority extends Construct implements ICertificateAuthority {
  public readonly spec: ImportedAuthoritySpec;
  public readonly issuer: Issuer;

  /**
   * @throws InvalidInputError with all that is wrong with the props, and with what is in the files
   */
  constructor(scope: Construct, id: string, props: ImportedAuthorityProps & AuthorityPlaceProps) {
    super(scope, id);
    this.spec = readAuthority(this, props, IMPORTED_AUTHORITY, () => ImportedAuthoritySpec.fromProps(props));
    this.issuer = createIssuer(this, this.spec, props);
  }

  /** The root certificate, X.509 in PEM: with custody "state" as it was given, else a token. */
  public get certificatePem(): string {
    return this.issuer.issued.certificatePem.token;
  }

  public get custody(): Custody {
    return this.spec.custody;
  }
}

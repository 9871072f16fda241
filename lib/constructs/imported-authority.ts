import { Construct } from "constructs";
import type { Custody } from "../values/custody";
import { createIssuer } from "../custody/custodies";
import type { ICertificateAuthority, Issuer } from "../custody/issuer";
import type { AuthorityPlaceProps } from "../custody/place-props";
import { ImportedAuthoritySpec, type ImportedAuthorityProps } from "../spec/imported-authority-spec";
import { IMPORTED_AUTHORITY } from "../spec/properties/authority";
import { readAuthority } from "./read-authority";

/**
 * An imported authority. Its key and certificate never change; clients get the root. Flaws that only strict clients refuse
 * become warnings of the CDK.
 */
export class ImportedAuthority extends Construct implements ICertificateAuthority {
  public readonly spec: ImportedAuthoritySpec;
  public readonly issuer: Issuer;

  /**
   * Declares an imported authority.
   *
   * @throws InvalidInputError with every problem of the props and of the files
   */
  constructor(scope: Construct, id: string, props: ImportedAuthorityProps & AuthorityPlaceProps) {
    super(scope, id);
    this.spec = readAuthority(this, props, IMPORTED_AUTHORITY, () => ImportedAuthoritySpec.fromProps(props));
    this.issuer = createIssuer(this, this.spec, props);
  }

  /** The root certificate, X.509 in PEM: as it was given with custody "state", a token with custody "machine". */
  public get certificatePem(): string {
    return this.issuer.issued.certificatePem.token;
  }

  /** Where the keys of the certificates that it signs live. */
  public get custody(): Custody {
    return this.spec.custody;
  }
}

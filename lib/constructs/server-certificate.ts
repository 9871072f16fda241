import { Construct } from "constructs";
import type { ICertificateAuthority } from "../custody/issuer";
import { checkProps } from "./check-props";
import { type IssuedCertificate, keyOf } from "../custody/issuer";
import { ServerCertificateSpec, type ServerCertificateSpecProps } from "../spec/server-certificate-spec";

export interface ServerCertificateProps extends ServerCertificateSpecProps {
  /** Who signs it. */
  readonly authority: ICertificateAuthority;
  /**
   * The name that its resources have in Terraform's plans and state.
   * @default - cdktf derives names from the place in the construct tree
   */
  readonly resourceName?: string;
}

/**
 * One broker's key and the certificate with which it proves itself to its clients.
 *
 * The certificate is CA:FALSE, for serverAuth, with the address in its subject alternative names as a DNS name or an IP
 * address, and in its common name where it is short enough. A renewal keeps the key. Where the broker sent a request, the
 * certificate is issued for that, and no key is made.
 */
export class ServerCertificate extends Construct {
  public readonly spec: ServerCertificateSpec;
  public readonly issued: IssuedCertificate;
  /** The name that its resources were given, if any. */
  public readonly resourceName: string | undefined;

  /**
   * @throws InvalidInputError with all that is wrong with the props
   */
  constructor(scope: Construct, id: string, props: ServerCertificateProps) {
    super(scope, id);
    const { authority, resourceName, ...own } = props;
    this.spec = checkProps(this, own, ServerCertificateSpec.PROPERTIES, () =>
      ServerCertificateSpec.fromProps(own, authority.spec),
    );
    this.resourceName = resourceName;
    this.issued = authority.issue(this, this.spec, resourceName);
  }

  /** The certificate, X.509 in PEM: a token. */
  public get certificatePem(): string {
    return this.issued.certificatePem.token;
  }

  /**
   * The broker's key, PKCS#8 in PEM: a token for a secret. It has no password: that is for the file.
   *
   * @throws InvalidInputError where its authority's custody is "machine", and it is in its file alone; or where it was made
   *   on the broker, and stays there
   */
  public get privateKeyPem(): string {
    return keyOf(this, this.issued).token;
  }
}

import { Construct } from "constructs";
import { type ICertificateAuthority, type IServerCertificate, type IssuedCertificate, keyOf } from "../custody/issuer";
import { SERVER_CERTIFICATE } from "../spec/properties/broker";
import { namesIn } from "../spec/properties/property";
import { ServerCertificateSpec } from "../spec/server-certificate-spec";
import type { ServerCertificateSpecProps } from "../spec/fleet-props";
import { checkProps } from "../terraform/check-props";
import type { Address } from "../values/address";

export interface ServerCertificateProps extends ServerCertificateSpecProps {
  /** Who signs it. */
  readonly authority: ICertificateAuthority;
  /**
   * The name that its resources have in Terraform's plans and state.
   * @default - cdktf derives names from the place in the construct tree
   */
  readonly resourceName?: string;
}

/** What a fleet has checked already. */
export interface CheckedServerCertificateProps extends Pick<ServerCertificateProps, "authority" | "resourceName"> {
  readonly spec: ServerCertificateSpec;
}

/**
 * One broker's key and the certificate with which it proves itself to its clients.
 *
 * The certificate is CA:FALSE, for serverAuth, with the address in its subject alternative names as a DNS name or an IP
 * address, and in its common name where it is short enough. A renewal keeps the key. Where the broker sent a request, the
 * certificate is issued for that, and no key is made.
 */
export class ServerCertificate extends Construct implements IServerCertificate {
  /** @internal */
  public readonly spec: ServerCertificateSpec;
  /** @internal */
  public readonly issued: IssuedCertificate;
  /** The name that its resources were given, if any. */
  public readonly resourceName: string | undefined;

  /**
   * @throws InvalidInputError with all that is wrong with the props
   */
  constructor(scope: Construct, id: string, props: ServerCertificateProps);
  /** @internal */
  constructor(scope: Construct, id: string, props: CheckedServerCertificateProps);
  constructor(scope: Construct, id: string, props: ServerCertificateProps | CheckedServerCertificateProps) {
    super(scope, id);
    this.resourceName = props.resourceName;
    this.spec = isChecked(props) ? props.spec : this.read(props);
    this.issued = props.authority.issuer.issue(this, this.spec, this.resourceName);
  }

  private read(props: ServerCertificateProps): ServerCertificateSpec {
    const { authority, resourceName: _, ...own } = props;
    const spec = checkProps(this, own, PROPERTIES, () => ServerCertificateSpec.fromProps(own, authority.spec));
    authority.issuer.checkFiles?.(spec);
    return spec;
  }

  /** What clients dial. */
  public get address(): Address {
    return this.spec.address;
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

const PROPERTIES = [...namesIn(SERVER_CERTIFICATE), "authority", "resourceName"];

function isChecked(
  props: ServerCertificateProps | CheckedServerCertificateProps,
): props is CheckedServerCertificateProps {
  return "spec" in props && props.spec instanceof ServerCertificateSpec;
}

import { Construct } from "constructs";
import { type ICertificateAuthority, type IServerCertificate, type IssuedCertificate, keyOf } from "../custody/issuer";
import { SERVER_CERTIFICATE } from "../spec/properties/broker";
import { namesIn } from "../spec/properties/property";
import { ServerCertificateSpec } from "../spec/server-certificate-spec";
import type { ServerCertificateSpecProps } from "../spec/fleet-props";
import { checkProps } from "../terraform/check-props";
import type { Address } from "../values/address";

/** The props of {@link ServerCertificate}. */
export interface ServerCertificateProps extends ServerCertificateSpecProps {
  /** The authority that signs the certificate. */
  readonly authority: ICertificateAuthority;
  /**
   * The name of the certificate's resources in Terraform's plans and state.
   * @default - the CDK derives names from the place in the construct tree
   */
  readonly resourceName?: string;
}

/** Props that a fleet has already checked. */
export interface CheckedServerCertificateProps extends Pick<ServerCertificateProps, "authority" | "resourceName"> {
  readonly spec: ServerCertificateSpec;
}

/**
 * A broker's key and server certificate.
 *
 * The certificate is CA:FALSE, for serverAuth. The address is in its subject alternative names as a DNS name or an IP address,
 * and in its common name if it has at most 64 characters. A renewal keeps the key. If the broker sent a certificate signing
 * request, the certificate is issued for the key of the request, and no key is made.
 *
 * @example
 * ```ts
 * const authority = new CertificateAuthority(stack, "authority", { subject: { commonName: "Plant MQTT CA" } });
 * const server = new ServerCertificate(stack, "server", { authority, address: "mqtt-1.example.com" });
 * ```
 */
export class ServerCertificate extends Construct implements IServerCertificate {
  /** @internal */
  public readonly spec: ServerCertificateSpec;
  /** @internal */
  public readonly issued: IssuedCertificate;
  /** The declared name of the certificate's resources, if any. */
  public readonly resourceName: string | undefined;

  /**
   * Declares a server certificate.
   *
   * @throws InvalidInputError with every problem of the props
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

  /** The address that clients dial. */
  public get address(): Address {
    return this.spec.address;
  }

  /** The certificate, X.509 in PEM: a token. */
  public get certificatePem(): string {
    return this.issued.certificatePem.token;
  }

  /**
   * The broker's key, PKCS #8 in PEM: a token for a secret. It has no password: a declared password protects only the file.
   *
   * @throws InvalidInputError with custody "machine": only the file contains the key; and for a broker with a request, which
   *   keeps its key
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

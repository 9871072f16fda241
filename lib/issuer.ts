import type { Construct, IConstruct } from "constructs";
import type { ServerCertificateSpec } from "./values/server-certificate-spec";

/** A PEM that is there when it is applied. */
export interface Pem {
  /** A reference to it for resources of one's own. */
  readonly token: string;

  /** A reference for use in the stack of `scope`. */
  in(scope: IConstruct): string;
}

/** A key and the certificate for it, as they will be when they are issued. */
export interface IssuedCertificate {
  /** PKCS#8 in PEM, for the eyes of one machine. */
  readonly privateKeyPem: Pem;
  /** X.509 in PEM. */
  readonly certificatePem: Pem;
}

/** A way to make an authority's key and certificate, and to sign with it. */
export interface Issuer {
  /** The authority's own. */
  readonly issued: IssuedCertificate;

  /**
   * Makes a key and the certificate for it.
   *
   * @param scope where the resources go
   * @param resourceName the name of all of them; without one, cdktf derives theirs
   */
  issue(scope: Construct, spec: ServerCertificateSpec, resourceName?: string): IssuedCertificate;
}

import type { Construct, IConstruct } from "constructs";
import { invalid } from "../errors";
import type { KeyPassword } from "../values/key-password";
import type { ServerCertificateSpec } from "../spec/server-certificate-spec";
import type { SigningAuthority } from "../spec/signing-authority";
import type { Address } from "../values/address";
import type { Custody } from "../values/custody";
import type { Expression } from "../terraform/expression";

/** A PEM that exists once the stack is applied. */
export interface Pem {
  /** A reference for a user's own resources. */
  readonly token: string;

  /** A reference for use in the stack of `scope`. */
  referenceIn(scope: IConstruct): string;
}

/** The PEM of a private key. */
export interface PrivateKeyPem extends Pem {
  /** The password that encrypts the key's file; undefined if the file is not encrypted. */
  readonly password: KeyPassword | undefined;

  /** A public value that changes with the key, for use in the stack of `scope`. */
  fingerprintIn(scope: IConstruct): string;
}

/** The validity of a certificate, as the engine evaluates it in the stack of `scope`. */
export interface Validity {
  /** The expiry date, in RFC 3339. */
  notAfterIn(scope: IConstruct): Expression;

  /** Whether the certificate is due and the plan does not renew it. An authority is never due. */
  isDueIn(scope: IConstruct): Expression;

  /**
   * All certificates of the stack that are due and that the plan does not renew, each with its expiry date. Present if one
   * resource makes all certificates of a stack, because engines are slow with long texts.
   */
  allDueIn?(scope: IConstruct): Expression;
}

/** A key and its certificate, as they will be once they are issued. */
export interface IssuedCertificate {
  /** The private key, PKCS#8 in PEM; undefined if the key stays where it was made: on the broker, or with an imported authority. */
  readonly privateKeyPem: PrivateKeyPem | undefined;
  /** The certificate, X.509 in PEM, with the intermediates that a client needs. For an authority: the trust anchor. */
  readonly certificatePem: Pem;
  readonly validity: Validity;
}

/** @throws InvalidInputError if the key stays where it was made */
export function keyOf(owner: IConstruct, { privateKeyPem }: IssuedCertificate): PrivateKeyPem {
  if (privateKeyPem === undefined) {
    const reason = "stays where it was made";
    throw invalid(`"${owner.node.path}"`, "its private key", reason, "use only the certificate");
  }
  return privateKeyPem;
}

/** Signs with an authority. */
export interface Issuer {
  /** The authority's own key and certificate. */
  readonly issued: IssuedCertificate;

  /**
   * Issues a certificate: for the key of the spec's CSR or, without a CSR, for a new key.
   *
   * @param scope the construct that gets the resources
   * @param resourceName the name of all of them; without it, cdktf derives the names
   */
  issue(scope: Construct, spec: ServerCertificateSpec, resourceName?: string): IssuedCertificate;

  /**
   * Checks that nothing is in the way of the certificate's files. Absent if the issuer writes no files. A fleet checks earlier.
   *
   * @throws InvalidInputError with every obstacle
   */
  checkFiles?(spec: ServerCertificateSpec): void;
}

/** An authority that signs server certificates, and that clients trust: a `CertificateAuthority`, or that of a fleet. */
export interface ICertificateAuthority extends IConstruct {
  /** The root certificate that clients trust, X.509 in PEM. It may be a token. */
  readonly certificatePem: string;
  /** The place of its key, and of the keys of the certificates that it signs. */
  readonly custody: Custody;
  /**
   * The facts that a request for a certificate needs.
   * @internal
   */
  readonly spec: SigningAuthority;
  /** @internal */
  readonly issuer: Issuer;
}

/** A server certificate, and its key unless the broker made the key: a `ServerCertificate`. */
export interface IServerCertificate extends IConstruct {
  /** The address that clients dial. */
  readonly address: Address;
  /** The certificate, X.509 in PEM: a token. */
  readonly certificatePem: string;
  /** @internal */
  readonly spec: ServerCertificateSpec;
  /** @internal */
  readonly issued: IssuedCertificate;
  /**
   * The name of its resources, if one was given.
   * @internal
   */
  readonly resourceName: string | undefined;
}

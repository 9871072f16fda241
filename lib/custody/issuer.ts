import type { Construct, IConstruct } from "constructs";
import { invalid } from "../errors";
import type { KeyPassword } from "../values/key-password";
import type { ServerCertificateSpec } from "../spec/server-certificate-spec";
import type { SigningAuthority } from "../spec/signing-authority";
import type { Address } from "../values/address";
import type { Custody } from "../values/custody";
import type { Expression } from "../terraform/expression";

/** A PEM that is there when it is applied. */
export interface Pem {
  /** A reference to it for resources of one's own. */
  readonly token: string;

  /** A reference for use in the stack of `scope`. */
  referenceIn(scope: IConstruct): string;
}

/** The PEM of a private key. */
export interface PrivateKeyPem extends Pem {
  /** What its file is to be encrypted with; undefined where it is not to be. */
  readonly password: KeyPassword | undefined;

  /** What changes with the key and tells nothing of it, for use in the stack of `scope`. */
  fingerprintIn(scope: IConstruct): string;
}

/** How long a certificate is good: what the engine of the stack of `scope` finds out. */
export interface Validity {
  /** When it ends, in RFC 3339. */
  notAfterIn(scope: IConstruct): Expression;

  /** Whether it is due to be renewed, and the plan leaves it as it is. Nothing is ever due of an authority. */
  isDueIn(scope: IConstruct): Expression;

  /**
   * Where one resource makes the certificates of a stack, the same of all of them at once: a list of those that are due, and
   * that the plan leaves as they are, each with its end. Engines take their time for long texts.
   */
  allDueIn?(scope: IConstruct): Expression;
}

/** A key and the certificate for it, as they will be when they are issued. */
export interface IssuedCertificate {
  /** PKCS#8 in PEM, for the eyes of one machine; undefined where the key was made elsewhere, and stays there. */
  readonly privateKeyPem: PrivateKeyPem | undefined;
  /** X.509 in PEM, with the certificates that a client needs beside what it trusts; an authority's: what clients trust. */
  readonly certificatePem: Pem;
  readonly validity: Validity;
}

/** @throws InvalidInputError where the key was made elsewhere */
export function keyOf(owner: IConstruct, { privateKeyPem }: IssuedCertificate): PrivateKeyPem {
  if (privateKeyPem === undefined) {
    const reason = "was made elsewhere and is not available here";
    throw invalid(`"${owner.node.path}"`, "its private key", reason, "use only the certificate");
  }
  return privateKeyPem;
}

/** A way to sign with an authority. */
export interface Issuer {
  /** The authority's own. */
  readonly issued: IssuedCertificate;

  /**
   * Issues a certificate; for the key of the spec's request or, without one, for a key that it makes.
   *
   * @param scope where the resources go
   * @param resourceName the name of all of them; without one, cdktf derives theirs
   */
  issue(scope: Construct, spec: ServerCertificateSpec, resourceName?: string): IssuedCertificate;

  /**
   * Looks for what stands in the way of a certificate's files, where issuing it writes some. A fleet has looked by then.
   *
   * @throws InvalidInputError with all that does
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
   * What must be known of it to ask it for a certificate.
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
   * The name that its resources were given, if any.
   * @internal
   */
  readonly resourceName: string | undefined;
}

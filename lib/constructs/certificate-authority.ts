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

/** The props of {@link CertificateAuthority}. */
export interface CertificateAuthorityProps extends CertificateAuthoritySpecProps, AuthorityPlaceProps {}

/** The props of {@link CertificateAuthority.fromFiles}: an imported authority whose certificate and key are in files. */
export interface CertificateAuthorityFileProps
  extends
    Omit<ImportedAuthorityProps, "certificateFile" | "certificatePem" | "keyFile" | "keyVariable">,
    AuthorityPlaceProps,
    Required<Pick<ImportedAuthorityProps, "certificateFile" | "keyFile">> {}

/** The props of {@link CertificateAuthority.fromPem}: an imported authority with its certificate as text and its key in a variable. */
export interface CertificateAuthorityPemProps
  extends
    Pick<ImportedAuthorityProps, "custody">,
    AuthorityPlaceProps,
    Required<Pick<ImportedAuthorityProps, "certificatePem" | "keyVariable">> {}

/**
 * A self-signed certificate authority. Its custody decides how its key and its root certificate are made and kept.
 *
 * The certificate is CA:TRUE, for keyCertSign and cRLSign, with a subject key identifier. Replacing it re-issues every
 * certificate that it signed. Clients trust none of the new certificates until they have the new root certificate.
 *
 * With custody "state", it adds the tls provider to its stack, unless the stack already has one: declare your own before it.
 * With custody "machine", its files, and those of the certificates that it signs, are in a directory.
 *
 * Use {@link BrokerPki} for a fleet. This construct is for a single authority in your own stack.
 *
 * @example
 * ```ts
 * const authority = new CertificateAuthority(stack, "authority", { subject: { commonName: "Plant MQTT CA" } });
 * const server = new ServerCertificate(stack, "server", { authority, address: "mqtt-1.example.com" });
 * ```
 */
export class CertificateAuthority extends Construct implements ICertificateAuthority {
  /**
   * An imported authority, with its certificate and key in files. The files are read, and never changed.
   *
   * @example
   * ```ts
   * const authority = CertificateAuthority.fromFiles(stack, "authority", {
   *   certificateFile: "authority/ca.pem",
   *   keyFile: "authority/ca.key",
   * });
   * ```
   *
   * @throws InvalidInputError if the certificate is not a valid and strong one of an authority, its chain lacks the root, or
   *   the key, if it is readable at synth, does not belong to the certificate
   */
  public static fromFiles(scope: Construct, id: string, props: CertificateAuthorityFileProps): ICertificateAuthority {
    return thrownFrom(CertificateAuthority.fromFiles, () => new ImportedAuthority(scope, id, props));
  }

  /**
   * An imported authority, with its certificate as text and its key in a Terraform variable.
   *
   * @example
   * ```ts
   * // The key comes from the environment: TF_VAR_ca_key.
   * const authority = CertificateAuthority.fromPem(stack, "authority", {
   *   certificatePem: "-----BEGIN CERTIFICATE-----…",
   *   keyVariable: "ca_key",
   * });
   * ```
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
   * Declares an authority.
   *
   * @throws InvalidInputError with every problem of the props
   */
  constructor(scope: Construct, id: string, props: CertificateAuthorityProps) {
    super(scope, id);
    this.spec = readAuthority(this, props, CERTIFICATE_AUTHORITY, () => CertificateAuthoritySpec.fromProps(props));
    this.issuer = createIssuer(this, this.spec, props);
  }

  /** The root certificate, X.509 in PEM: a token. */
  public get certificatePem(): string {
    return this.issuer.issued.certificatePem.token;
  }

  /** Where its key lives. */
  public get custody(): Custody {
    return this.spec.custody;
  }

  /**
   * The authority's key, PKCS #8 in PEM: a token for a secret. It has no password: a declared password protects only the file.
   *
   * @throws InvalidInputError with custody "machine": only the file contains the key
   */
  public get privateKeyPem(): string {
    return keyOf(this, this.issuer.issued).token;
  }
}

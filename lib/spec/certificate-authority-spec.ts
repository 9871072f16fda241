import { invalid, Problems } from "../errors";
import { Address } from "../values/address";
import { type Custody, parseCustody } from "../values/custody";
import { DistinguishedName, type DistinguishedNameProps } from "../values/distinguished-name";
import { Duration } from "../values/duration";
import { KeyAlgorithm, type KeyParameters } from "../values/key-algorithm";
import { AUTHORITY_KEY_ITERATIONS, type KeyPassword, parseKeyPassword } from "../values/key-password";
import { isList, isObject } from "../values/plain-data";
import { permitting } from "../x509/name-constraints";
import type { SigningAuthority } from "./signing-authority";

/** The declaration of an authority that is made here. */
export interface CertificateAuthoritySpecProps {
  /** The name of the authority: at least one attribute, and different from the names of brokers' certificates. */
  readonly subject: DistinguishedNameProps;
  /**
   * The algorithm of the authority's key, and so of its signatures.
   * @default KeyAlgorithm.RSA_2048
   */
  readonly keyAlgorithm?: KeyAlgorithm;
  /**
   * The time for which the authority's certificate is valid, from the hour when it is made. Server certificates must expire
   * before it.
   * @default Duration.days(3650)
   */
  readonly duration?: Duration;
  /**
   * Where the authority's key, and the keys of the certificates that it signs, live.
   * @default "state"
   */
  readonly custody?: Custody;
  /**
   * The DNS domains that the authority may certify, each with all names below it: a name constraint (RFC 5280, section
   * 4.2.1.10). It needs custody "machine". OpenSSL, Go and Node refuse its certificates for any other name; Java ignores the
   * constraints of a root. IP addresses are not limited. They are left out of common names, which OpenSSL would refuse.
   * @default - any name
   */
  readonly permittedDomains?: readonly string[];
  /**
   * The number of authorities that may be between this one and a server certificate, from 0 to 255 (RFC 5280, section 4.2.1.9).
   * It needs custody "machine". 0 means that it signs only server certificates. Java ignores that of a root.
   * @default - any number
   */
  readonly pathLength?: number;
  /**
   * The name of the Terraform variable with the password of `ca.key`. Give the password in the environment, as TF_VAR_<name>.
   * @default - `ca.key` has no password
   */
  readonly passwordVariable?: string;
  /**
   * The version of the password. Raise it when the password changes: `ca.key` is encrypted again, and the key stays. With
   * custody "machine", that deployment needs the old password too, as TF_VAR_<name>_before.
   * @default 1
   */
  readonly passwordVersion?: number;
  /**
   * The number of PBKDF2 iterations for the password. More iterations slow down guesses, and each use of the key.
   * @default 600000
   */
  readonly passwordIterations?: number;
  /**
   * Whether a plan fails that would destroy or replace the authority's key or certificate. Every client has that certificate,
   * and trusts no other. `false` allows such plans.
   * @default true
   */
  readonly preventDestroy?: boolean;
}

/** Checked {@link CertificateAuthoritySpecProps}. Immutable. */
export class CertificateAuthoritySpec implements SigningAuthority {
  /** Undefined: the key is made at the deployment. */
  public readonly publicKeyPem: undefined;
  /** True: the certificate has no extended key usage. */
  public readonly mayCertifyClients = true;
  readonly #isPermitted: (name: string) => boolean;

  private constructor(
    public readonly subject: DistinguishedName,
    public readonly keyParameters: KeyParameters,
    public readonly durationHours: number,
    public readonly custody: Custody,
    /** Sorted; undefined if any name is permitted. */
    public readonly permittedDomains: readonly string[] | undefined,
    public readonly pathLength: number | undefined,
    /** The password of `ca.key`; undefined without one. */
    public readonly password: KeyPassword | undefined,
    /** Whether a plan fails that would destroy or replace the authority. */
    public readonly preventDestroy: boolean,
  ) {
    this.#isPermitted = permitting(permittedDomains);
  }

  /**
   * Checks the props of an authority.
   *
   * @throws InvalidInputError with every problem
   */
  public static fromProps(props: CertificateAuthoritySpecProps): CertificateAuthoritySpec {
    if ((props as unknown) === undefined) {
      throw invalid("a certificate authority", props, "is required", "write it as in { subject: { … } }", "required");
    }
    if (!isObject(props)) {
      throw invalid("a certificate authority", props, "is not an authority", "write it as in { subject: { … } }");
    }
    const {
      duration = Duration.days(3650),
      keyAlgorithm = KeyAlgorithm.RSA_2048,
      custody: given = "state",
      preventDestroy = true,
    } = props;
    const problems = new Problems();
    const subject = problems.attempt("subject", () => DistinguishedName.fromProps(props.subject));
    if (subject?.isEmpty === true) {
      problems.add(
        "subject",
        props.subject,
        "has no attribute",
        'name the authority, as in { commonName: "Plant MQTT CA" }',
      );
    }
    const keyParameters = problems.attempt("keyAlgorithm", () => KeyAlgorithm.toParameters(keyAlgorithm));
    const durationHours = problems.attempt("duration", () => Duration.toHours(duration));
    const custody = problems.attempt("custody", () => parseCustody(given));
    const permittedDomains = parseDomains(problems, props.permittedDomains);
    checkPathLength(problems, props.pathLength);
    const password = parseKeyPassword(problems, props, AUTHORITY_KEY_ITERATIONS);
    if (typeof preventDestroy !== "boolean") {
      problems.add("preventDestroy", preventDestroy, "is neither true nor false", "write one of the two");
    }
    if (custody === "state") {
      refuseWhatTheProviderCannotSet(problems, props);
    }
    problems.throwIfAny("a certificate authority");
    if (subject === undefined || keyParameters === undefined || durationHours === undefined || custody === undefined) {
      throw problems.toError("a certificate authority");
    }
    return new CertificateAuthoritySpec(
      subject,
      keyParameters,
      durationHours,
      custody,
      permittedDomains,
      props.pathLength,
      password,
      preventDestroy,
    );
  }

  public isNamed(subject: DistinguishedName): boolean {
    return subject.equals(this.subject);
  }

  public flawOfDuration(durationHours: number): string | undefined {
    return durationHours < this.durationHours
      ? undefined
      : `would outlive its authority, which is valid for ${Duration.describe(this.durationHours)}`;
  }

  public permits(address: Address): boolean {
    return address.kind === "ip" || this.#isPermitted(address.text);
  }
}

function parseDomains(problems: Problems, given: readonly string[] | undefined): string[] | undefined {
  if (given === undefined) {
    return undefined;
  }
  if (!isList(given) || given.length === 0) {
    problems.add("permittedDomains", given, "is not a list of domains", 'write it as in ["plant.example.com"]');
    return undefined;
  }
  const domains = given.flatMap((text, index) => {
    const path = `permittedDomains[${index}]`;
    const domain = problems.attempt(path, () => Address.parse(text));
    if (domain !== undefined && (domain.kind === "ip" || domain.isWildcard)) {
      problems.add(path, text, "is not a domain", "write a DNS name: all names below it are permitted too");
    }
    return domain === undefined ? [] : [domain.text];
  });
  return [...new Set(domains)].sort();
}

function checkPathLength(problems: Problems, given: number | undefined): void {
  if (given !== undefined && !(Number.isInteger(given) && given >= 0 && given <= 255)) {
    problems.add("pathLength", given, "is not a number of authorities", "give a whole number from 0 to 255");
  }
}

function refuseWhatTheProviderCannotSet(problems: Problems, props: CertificateAuthoritySpecProps): void {
  for (const name of ["permittedDomains", "pathLength"] as const) {
    if (props[name] !== undefined) {
      const reason = 'cannot be set with custody "state"';
      problems.add(name, props[name], reason, 'leave it out, or choose custody "machine"', "unsupported");
    }
  }
}

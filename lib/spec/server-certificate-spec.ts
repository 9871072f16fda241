import { invalid, Problems } from "../errors";
import { Address } from "../values/address";
import { parseAlternatives, refuseUnlessMayBeDnsNames, refuseUnlessPermitted } from "./alternative-addresses";
import type { CertificateRequest } from "../x509/certificate-request";
import { refuseUnlessCount } from "../values/count";
import { DistinguishedName, type DistinguishedNameProps } from "../values/distinguished-name";
import { Duration } from "../values/duration";
import { type FileAccess, parseFileAccess } from "../values/files/file-access";
import { type BrokerForm, type Forms, NO_FORMS, parseBrokerForms } from "../values/files/forms";
import { KeyAlgorithm, type KeyParameters } from "../values/key-algorithm";
import { type KeyPassword, parseKeyPassword, SERVER_KEY_ITERATIONS } from "../values/key-password";
import { isObject } from "../values/plain-data";
import { parseReloadCommand } from "../values/files/reload-command";
import {
  hasRequest,
  nameOfRequest,
  parseRequest,
  refuseWhatIsForAKey,
  refuseWhatTheProviderCannotGive,
} from "./broker-request";
import type { AlternativeNames } from "../x509/alternative-names";
import { formatRequestCommand } from "../x509/commands/request-command";
import type { ServerCertificateSpecProps } from "./fleet-props";
import type { SigningAuthority } from "./signing-authority";

const RENEW_BEFORE_HOURS = 90 * 24;

/** Checked {@link ServerCertificateSpecProps}. Immutable. */
export class ServerCertificateSpec {
  private constructor(
    public readonly address: Address,
    /** Sorted, independent of the order in the declaration. */
    public readonly alternativeAddresses: readonly Address[],
    public readonly subject: DistinguishedName,
    public readonly keyParameters: KeyParameters,
    /** The version of the key that is made: another version means another key. */
    public readonly keyVersion: number,
    public readonly durationHours: number,
    public readonly renewBeforeHours: number,
    /** The password of `server.key`; undefined without one. */
    public readonly password: KeyPassword | undefined,
    /** The certificate signing request that was made on the broker; undefined if a key is made for the broker. */
    public readonly request: CertificateRequest | undefined,
    /** Whether the certificate is a client certificate too. */
    public readonly clientAuth: boolean,
    /** The command that runs after the broker's files have changed, if any. */
    public readonly reloadCommand: string | undefined,
    /** Empty if the broker sent a request: every form contains the key. */
    public readonly forms: Forms<BrokerForm>,
    /** Who can access the broker's files; undefined if only the user who deploys can. */
    public readonly access: FileAccess | undefined,
    private readonly names: AlternativeNames,
  ) {}

  /**
   * Checks the props of a server certificate.
   *
   * @param authority the authority that signs; without it, only the certificate itself is checked
   * @throws InvalidInputError with every problem
   */
  public static fromProps(props: ServerCertificateSpecProps, authority?: SigningAuthority): ServerCertificateSpec {
    if (!isObject(props)) {
      throw invalid(
        "a server certificate",
        props,
        "is not a server certificate",
        'write it as in { address: "mqtt-1.example.com" }',
      );
    }
    const {
      subject: organizationProps = {},
      duration = Duration.days(825),
      keyAlgorithm = KeyAlgorithm.RSA_2048,
      keyVersion = 1,
      alternativeAddresses = [],
      ipAddressesAsDnsNames = false,
      clientAuth = false,
    } = props;
    const problems = new Problems();
    const address = problems.attempt("address", () => Address.parse(props.address));
    const alternatives = parseAlternatives(problems, alternativeAddresses, address, authority);
    const organization = problems.attempt("subject", () => parseOrganization(organizationProps));
    const keyParameters = problems.attempt("keyAlgorithm", () => KeyAlgorithm.toParameters(keyAlgorithm));
    const durationHours = problems.attempt("duration", () => Duration.toHours(duration));
    const renewBeforeHours = parseRenewBefore(problems, props, durationHours);

    // OpenSSL treats the common name as a DNS name if there is no other, and an IP address is in no permitted domain.
    const isOutside = address?.kind === "ip" && authority?.permittedDomains !== undefined;
    const subject = organization?.withCommonName(isOutside ? undefined : address?.commonName);
    const flawOfDuration = durationHours === undefined ? undefined : authority?.flawOfDuration(durationHours);
    if (flawOfDuration !== undefined) {
      const given = String(props.duration ?? "825 days (the default)");
      problems.add(
        "duration",
        given,
        flawOfDuration,
        "shorten it, or sign with an authority that is valid for longer",
        "conflict",
      );
    }
    if (address !== undefined) {
      refuseUnlessPermitted(problems, "address", props.address, address, authority);
    }
    if (subject !== undefined && authority?.isNamed(subject) === true) {
      problems.add(
        "address",
        props.address,
        "gives the certificate the subject of its authority: clients cannot tell them apart",
        "give the authority another common name",
        "conflict",
      );
    }

    refuseUnlessCount(problems, "keyVersion", keyVersion, "a version");
    refuseWhatIsForAKey(problems, props);
    const password = hasRequest(props) ? undefined : parseKeyPassword(problems, props, SERVER_KEY_ITERATIONS);
    const reloadCommand = parseReloadCommand(problems, props.reloadCommand);
    const forms = hasRequest(props) ? NO_FORMS : parseBrokerForms(problems, props);
    const addresses = [...(address === undefined ? [] : [address]), ...alternatives];
    refuseUnlessMayBeDnsNames(problems, ipAddressesAsDnsNames, addresses, authority);
    refuseUnlessMayBeClient(problems, clientAuth, authority);
    const access = parseFileAccess(problems, props);
    refuseWhatTheProviderCannotGive(problems, props, authority?.custody);
    const names = namesByKind(addresses, ipAddressesAsDnsNames);
    const request =
      address === undefined || subject === undefined || keyParameters === undefined
        ? undefined
        : parseRequest(problems, props, { subject, ...names, keyParameters }, authority?.custody);

    if (request !== undefined && request.publicKeyPem === authority?.publicKeyPem) {
      const reason = "is for the key of the authority that signs it";
      problems.addHidden(nameOfRequest(props), reason, "make a new one on the broker, with its own key", "conflict");
    }
    if (
      address === undefined ||
      subject === undefined ||
      keyParameters === undefined ||
      durationHours === undefined ||
      renewBeforeHours === undefined
    ) {
      throw problems.toError("a server certificate");
    }
    problems.throwIfAny("a server certificate");
    return new ServerCertificateSpec(
      address,
      alternatives,
      subject,
      keyParameters,
      keyVersion,
      durationHours,
      renewBeforeHours,
      password,
      request,
      clientAuth,
      reloadCommand,
      forms,
      access,
      names,
    );
  }

  /** The openssl command that makes the broker's key and a matching certificate signing request, on the broker. */
  public get requestCommand(): string {
    return formatRequestCommand({ subject: this.subject, ...this.names, keyParameters: this.keyParameters });
  }

  /** Whether the key can encrypt: only RSA has key encipherment (RFC 5480, section 3; RFC 8410, section 5). */
  public get canEncipher(): boolean {
    return (this.request?.algorithm ?? this.keyParameters.algorithm) === "RSA";
  }

  /** The subject alternative names of the kind dNSName, the address first. */
  public get dnsNames(): readonly string[] {
    return this.names.dnsNames;
  }

  /** The subject alternative names of the kind iPAddress, the address first. */
  public get ipAddresses(): readonly string[] {
    return this.names.ipAddresses;
  }
}

/** Files a client certificate below an authority that is only for servers: verifiers would refuse it. */
function refuseUnlessMayBeClient(problems: Problems, given: boolean, authority: SigningAuthority | undefined): void {
  if (typeof given !== "boolean") {
    problems.add("clientAuth", given, "is neither true nor false", "write true, or leave it out");
  } else if (given && authority?.mayCertifyClients === false) {
    const reason =
      "is not possible: an authority in the chain, and so what it signs, is only for servers (extendedKeyUsage)";
    const fix =
      "leave it out, or have the authority re-issued with clientAuth in extendedKeyUsage, or without extendedKeyUsage";
    problems.add("clientAuth", given, reason, fix, "conflict");
  }
}

function namesByKind(addresses: readonly Address[], ipAddressesAsDnsNames: boolean): AlternativeNames {
  const textsWhere = (isMeant: (address: Address) => boolean): string[] =>
    addresses.filter(isMeant).map(({ text }) => text);
  return {
    dnsNames: textsWhere(({ kind }) => kind === "dns" || ipAddressesAsDnsNames),
    ipAddresses: textsWhere(({ kind }) => kind === "ip"),
  };
}

function parseOrganization(given: DistinguishedNameProps): DistinguishedName {
  const problems = new Problems();
  const name = problems.attempt("", () => DistinguishedName.fromProps(given));
  if (isObject(given) && given.commonName !== undefined) {
    problems.add(
      "commonName",
      given.commonName,
      "cannot be chosen: it follows from the address",
      "leave it out",
      "unsupported",
    );
  }
  if (isObject(given) && given.emailAddress !== undefined) {
    problems.add(
      "emailAddress",
      given.emailAddress,
      "is dropped by Terraform's tls provider",
      "leave it out",
      "unsupported",
    );
  }
  problems.throwIfAny("a subject");
  if (name === undefined) {
    throw problems.toError("a subject");
  }
  return name;
}

function parseRenewBefore(
  problems: Problems,
  props: ServerCertificateSpecProps,
  durationHours: number | undefined,
): number | undefined {
  const given = props.renewBefore;
  if (given === undefined) {
    return durationHours === undefined ? undefined : Math.min(RENEW_BEFORE_HOURS, Math.floor(durationHours / 3));
  }
  const hours = problems.attempt("renewBefore", () => Duration.toHours(given));
  if (hours !== undefined && durationHours !== undefined && hours >= durationHours) {
    problems.add(
      "renewBefore",
      String(given),
      `is not shorter than the duration, ${Duration.describe(durationHours)}: every deployment would renew the certificate`,
      "renew later, or issue for longer",
      "conflict",
    );
  }
  return hours;
}

import { invalid, Problems } from "../errors";
import { Address } from "../values/address";
import { parseAlternatives, refuseUnlessMayBeDnsNames, refuseUnlessPermitted } from "./alternative-addresses";
import type { CertificateRequest } from "../x509/certificate-request";
import { refuseUnlessCount } from "../values/count";
import { DistinguishedName, type DistinguishedNameProps, type OrganizationProps } from "../values/distinguished-name";
import { Duration } from "../values/duration";
import { type FileAccess, type FileAccessProps, parseFileAccess } from "../values/file-access";
import { type BrokerForm, type BrokerFormsProps, type Forms, NO_FORMS, parseBrokerForms } from "../values/forms";
import { KeyAlgorithm, type KeyParameters } from "../values/key-algorithm";
import { type KeyPassword, parseKeyPassword, SERVER_KEY_ITERATIONS } from "../values/key-password";
import { isObject } from "../values/plain-data";
import { parseReloadCommand } from "../values/reload-command";
import {
  hasRequest,
  nameOfRequest,
  parseRequest,
  refuseWhatIsForAKey,
  refuseWhatTheProviderCannotGive,
} from "./broker-request";
import type { AlternativeNames } from "../x509/alternative-names";
import { formatRequestCommand } from "../x509/commands/request-command";
import type { SigningAuthority } from "./signing-authority";

/** What may be said of one server certificate, or of all of a fleet's. */
export interface ServerCertificateOptions extends FileAccessProps, BrokerFormsProps {
  /**
   * Further addresses that clients dial, beside the broker's own.
   * @default - none
   */
  readonly alternativeAddresses?: readonly string[];
  /**
   * Whether each of its IP addresses stands as a DNS name too, with its very text, for clients that look at DNS names alone:
   * Mbed TLS before 3.5, BearSSL. It is not what RFC 5280, section 4.2.1.6, has DNS names for.
   * @default false
   */
  readonly ipAddressesAsDnsNames?: boolean;
  /**
   * Whether the certificate is a client's too (extendedKeyUsage clientAuth beside serverAuth): bridges and clusters present theirs
   * to other brokers.
   * @default false
   */
  readonly clientAuth?: boolean;
  /**
   * Whose the broker is. The common name is not here: it follows from the address.
   * @default - a subject with the common name alone
   */
  readonly subject?: OrganizationProps;
  /**
   * The algorithm of the broker's key. A request has its own; for that it is what the command asks for which makes one.
   * @default KeyAlgorithm.RSA_2048
   */
  readonly keyAlgorithm?: KeyAlgorithm;
  /**
   * To be raised for a new key, and a certificate for it, at the next deployment: any other version than before is a new
   * key. A renewal keeps the key.
   * @default 1
   */
  readonly keyVersion?: number;
  /**
   * How long the certificate is valid from the hour when it is issued: shorter than its authority's.
   * @default Duration.days(825), the longest that Apple's clients take
   */
  readonly duration?: Duration;
  /**
   * How long before its end a deployment renews the certificate, with the same key. Nothing renews it by itself.
   * @default Duration.days(90), or a third of the duration where that is less
   */
  readonly renewBefore?: Duration;
  /**
   * The name of the Terraform variable that has the password of `server.key`: give it in the environment, as TF_VAR_<name>.
   * `false` where the fleet's brokers have one, and this one has none.
   * @default - `server.key` has no password
   */
  readonly passwordVariable?: string | false;
  /**
   * To be raised when the password is another one: `server.key` is encrypted anew, and the key stays. With custody "machine",
   * the old one is needed once more then, as TF_VAR_<name>_before.
   * @default 1
   */
  readonly passwordVersion?: number;
  /**
   * How often PBKDF2 hashes the password: the more, the longer a guess takes, and the start of the broker. Brokers in Erlang
   * (RabbitMQ, EMQX, VerneMQ) hash at each handshake: 2,048 take them 0.2 s, 600,000 take 10 s.
   * @default 2048
   */
  readonly passwordIterations?: number;
  /**
   * A shell's command, of one line, that has the broker take up its files: run on the machine that deploys, in the directory
   * where cdktf is run, once all files of a deployment that changes the broker's are in place. Plans and states show it, so
   * no secret belongs into it. It gets paths as MQTT_PKI_FOLDER, _KEY, _CERTIFICATE and _CA, and MQTT_PKI_ADDRESS; where it
   * fails, the next deployment runs it again. `false` where the fleet's brokers have one, and this one has none.
   * @default - nothing is run
   */
  readonly reloadCommand?: string | false;
}

/** What a broker's certificate is to say. */
export interface ServerCertificateSpecProps extends ServerCertificateOptions {
  /** The DNS name or IP address that clients dial, without a port; `*.` and a DNS name for a wildcard. */
  readonly address: string;
  /**
   * A certificate signing request that was made on the broker, whose key never leaves it: PEM or DER, relative to the
   * directory where cdktf is run, or absolute. It is for the subject and the names that are declared. The certificate is
   * issued for its key, and no other key is made.
   * @default - a key is made, unless there is csrPem
   */
  readonly csrFile?: string;
  /**
   * The same as text.
   * @default - a key is made, unless there is csrFile
   */
  readonly csrPem?: string;
}

const RENEW_BEFORE_HOURS = 90 * 24;

/** A checked {@link ServerCertificateSpecProps}. Immutable. */
export class ServerCertificateSpec {
  private constructor(
    public readonly address: Address,
    /** In the order of their text, whatever order they were declared in. */
    public readonly alternativeAddresses: readonly Address[],
    public readonly subject: DistinguishedName,
    public readonly keyParameters: KeyParameters,
    /** Of the key that is made: another version is another key. */
    public readonly keyVersion: number,
    public readonly durationHours: number,
    public readonly renewBeforeHours: number,
    /** Of `server.key`; undefined where it has none. */
    public readonly password: KeyPassword | undefined,
    /** The request that was made on the broker; undefined where a key is made for it. */
    public readonly request: CertificateRequest | undefined,
    /** Whether the certificate is a client's too. */
    public readonly clientAuth: boolean,
    /** What is run once its files have changed, if anything. */
    public readonly reloadCommand: string | undefined,
    /** None where the broker sent a request: all of them have the key. */
    public readonly forms: Forms<BrokerForm>,
    /** Who gets at its files; undefined where that is who deploys alone. */
    public readonly access: FileAccess | undefined,
    private readonly names: AlternativeNames,
  ) {}

  /**
   * @param authority who signs it; what must hold between the two is checked where it is given
   * @throws InvalidInputError with all that is wrong
   */
  public static fromProps(props: ServerCertificateSpecProps, authority?: SigningAuthority): ServerCertificateSpec {
    if (!isObject(props)) {
      throw invalid("a server certificate", props, "is not one", 'write it as in { address: "mqtt-1.example.com" }');
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

    // OpenSSL takes a common name for a DNS name where there is no other, and an IP address is in no permitted domain.
    const isOutside = address?.kind === "ip" && authority?.permittedDomains !== undefined;
    const subject = organization?.withCommonName(isOutside ? undefined : address?.commonName);
    const flawOfDuration = durationHours === undefined ? undefined : authority?.flawOfDuration(durationHours);
    if (flawOfDuration !== undefined) {
      const given = String(props.duration ?? "825 days (the default)");
      problems.add("duration", given, flawOfDuration, "ask for less here, or for more there", "conflict");
    }
    if (address !== undefined) {
      refuseUnlessPermitted(problems, "address", props.address, address, authority);
    }
    if (subject !== undefined && authority?.isNamed(subject) === true) {
      problems.add(
        "address",
        props.address,
        "gives the certificate the subject of its authority, so that no client can tell them apart",
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
      const reason = "is for the key of the authority that is to sign it";
      problems.addHidden(nameOfRequest(props), reason, "make another on the broker, with a key of its own", "conflict");
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

  /** The openssl command that makes, on the broker, its key and a request that is right for it. */
  public get requestCommand(): string {
    return formatRequestCommand({ subject: this.subject, ...this.names, keyParameters: this.keyParameters });
  }

  /** Whether its key can encrypt: key encipherment is RSA's alone (RFC 5480, section 3; RFC 8410, section 5). */
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

/** Clients' certificates are refused too whose authority is for servers alone. */
function refuseUnlessMayBeClient(problems: Problems, given: boolean, authority: SigningAuthority | undefined): void {
  if (typeof given !== "boolean") {
    problems.add("clientAuth", given, "is neither true nor false", "write true, or leave it out");
  } else if (given && authority?.mayCertifyClients === false) {
    const reason =
      "cannot be: an authority in the chain is for servers alone (extendedKeyUsage), and so is what it signs";
    const fix = "leave it out, or have the authority issued anew with clientAuth in extendedKeyUsage, or without that";
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

import { invalid, Problems, quote } from "../errors";
import { Address } from "./address";
import type { CertificateAuthoritySpec } from "./certificate-authority-spec";
import { refuseUnlessWholeDays } from "./custody";
import { DistinguishedName, type DistinguishedNameProps, type OrganizationProps } from "./distinguished-name";
import { Duration } from "./duration";
import { KeyAlgorithm, type KeyParameters } from "./key-algorithm";
import { isList, isObject } from "./plain-data";

/** What may be said of one server certificate, or of all of a fleet's. */
export interface ServerCertificateOptions {
  /**
   * Further addresses that clients dial, beside the broker's own.
   * @default - none
   */
  readonly alternativeAddresses?: readonly string[];
  /**
   * Whose the broker is. The common name is not here: it follows from the address.
   * @default - a subject with the common name alone
   */
  readonly subject?: OrganizationProps;
  /**
   * The algorithm of the broker's key.
   * @default KeyAlgorithm.RSA_2048
   */
  readonly keyAlgorithm?: KeyAlgorithm;
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
}

/** What a broker's certificate is to say. */
export interface ServerCertificateSpecProps extends ServerCertificateOptions {
  /** The DNS name or IP address that clients dial, without a port; `*.` and a DNS name for a wildcard. */
  readonly address: string;
}

const RENEW_BEFORE_HOURS = 90 * 24;

/** A checked {@link ServerCertificateSpecProps}. Immutable. */
export class ServerCertificateSpec {
  /** The properties of {@link ServerCertificateOptions}. */
  public static readonly OPTIONS = [
    "alternativeAddresses",
    "subject",
    "keyAlgorithm",
    "duration",
    "renewBefore",
  ] as const satisfies readonly (keyof ServerCertificateOptions)[];

  private constructor(
    public readonly address: Address,
    /** In the order of their text, whatever order they were declared in. */
    public readonly alternativeAddresses: readonly Address[],
    public readonly subject: DistinguishedName,
    public readonly keyParameters: KeyParameters,
    public readonly durationHours: number,
    public readonly renewBeforeHours: number,
  ) {}

  /**
   * @param authority who signs it; what must hold between the two is checked where it is given
   * @throws InvalidInputError with all that is wrong
   */
  public static fromProps(
    props: ServerCertificateSpecProps,
    authority?: CertificateAuthoritySpec,
  ): ServerCertificateSpec {
    if (!isObject(props)) {
      throw invalid("a server certificate", props, "is not one", 'write it as in { address: "mqtt-1.example.com" }');
    }
    const {
      subject: organizationProps = {},
      duration = Duration.days(825),
      keyAlgorithm = KeyAlgorithm.RSA_2048,
      alternativeAddresses = [],
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
    if (authority !== undefined && durationHours !== undefined && durationHours >= authority.durationHours) {
      problems.add(
        "duration",
        String(props.duration ?? "825 days (the default)"),
        `would outlive its authority, which is valid for ${Duration.describe(authority.durationHours)}`,
        "ask for less here, or for more there",
      );
    }
    if (authority?.custody === "machine") {
      refuseUnlessWholeDays(problems, durationHours);
    }
    if (address !== undefined) {
      refuseUnlessPermitted(problems, "address", props.address, address, authority);
    }
    if (authority !== undefined && subject?.equals(authority.subject) === true) {
      problems.add(
        "address",
        props.address,
        "gives the certificate the subject of its authority, so that no client can tell them apart",
        "give the authority another common name",
      );
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
    return new ServerCertificateSpec(address, alternatives, subject, keyParameters, durationHours, renewBeforeHours);
  }

  /** The subject alternative names of the kind dNSName, the address first. */
  public get dnsNames(): string[] {
    return this.namesOf("dns");
  }

  /** The subject alternative names of the kind iPAddress, the address first. */
  public get ipAddresses(): string[] {
    return this.namesOf("ip");
  }

  private namesOf(kind: Address["kind"]): string[] {
    return [this.address, ...this.alternativeAddresses].filter((name) => name.kind === kind).map((name) => name.text);
  }
}

function parseAlternatives(
  problems: Problems,
  given: readonly string[],
  address: Address | undefined,
  authority: CertificateAuthoritySpec | undefined,
): Address[] {
  if (!isList(given)) {
    problems.add("alternativeAddresses", given, "is not a list", 'write it as in ["mqtt.example.com"]');
    return [];
  }
  const seen = new Map<string, { given: string; address: Address }>();
  for (const [index, text] of given.entries()) {
    const path = `alternativeAddresses[${index}]`;
    const alternative = problems.attempt(path, () => Address.parse(text));
    const twin = seen.get(alternative?.text ?? "");
    if (alternative === undefined) {
      continue;
    }
    refuseUnlessPermitted(problems, path, text, alternative, authority);
    if (address !== undefined && alternative.equals(address)) {
      problems.add(
        path,
        text,
        `is the address itself, ${alternative.text}, which the certificate has anyway`,
        "leave it out",
      );
    } else if (twin !== undefined) {
      problems.add(path, text, `is the same as ${quote(twin.given)}, which stands before it`, "leave one of them out");
    } else {
      seen.set(alternative.text, { given: text, address: alternative });
    }
  }
  return [...seen.values()].map((entry) => entry.address).sort(byText);
}

/** Clients refuse a whole certificate for one name outside of its authority's domains. */
function refuseUnlessPermitted(
  problems: Problems,
  path: string,
  given: string,
  address: Address,
  authority: CertificateAuthoritySpec | undefined,
): void {
  if (authority?.permits(address) === false) {
    problems.add(
      path,
      given,
      `is outside of its authority's permitted domains: ${authority.permittedDomains?.join(", ") ?? ""}`,
      "permit its domain there, or leave it out",
    );
  }
}

/** The order of two addresses: by code units, the same in every locale. */
export function byText(one: Address, other: Address): number {
  return one.text < other.text ? -1 : Number(one.text > other.text);
}

function parseOrganization(given: DistinguishedNameProps): DistinguishedName {
  const problems = new Problems();
  const name = problems.attempt("", () => DistinguishedName.fromProps(given));
  if (isObject(given) && given.commonName !== undefined) {
    problems.add("commonName", given.commonName, "cannot be chosen: it follows from the address", "leave it out");
  }
  if (isObject(given) && given.emailAddress !== undefined) {
    problems.add("emailAddress", given.emailAddress, "is dropped by Terraform's tls provider", "leave it out");
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
    );
  }
  return hours;
}

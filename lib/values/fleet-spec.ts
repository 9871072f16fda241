import { Problems } from "../errors";
import { Address } from "./address";
import { CertificateAuthoritySpec, type CertificateAuthoritySpecProps } from "./certificate-authority-spec";
import { type Custody, parseCustody } from "./custody";
import { Duration } from "./duration";
import { ImportedAuthoritySpec, type ImportedAuthorityProps } from "./imported-authority-spec";
import { isList, isObject } from "./plain-data";
import {
  byText,
  hasRequest,
  ServerCertificateSpec,
  type ServerCertificateOptions,
  type ServerCertificateSpecProps,
} from "./server-certificate-spec";
import type { SigningAuthority } from "./signing-authority";

/** One authority and the brokers whose certificates it signs. An option given here holds for every broker. */
export interface FleetSpecProps extends ServerCertificateOptions {
  /** The authority that signs, and that clients trust: made here, or elsewhere. Its custody is the fleet's. */
  readonly authority: Omit<CertificateAuthoritySpecProps, "custody"> | Omit<ImportedAuthorityProps, "custody">;
  /**
   * Where private keys live: `state`, with Terraform's tls provider; or `machine`, in their files alone, on the machine that
   * applies.
   * @default - what the app's context has as `cdktf-mqtt-pki:custody`, or "state"
   */
  readonly custody?: Custody;
  /**
   * At least one, in any order. What a broker says of itself goes before what the fleet says of all; alternative
   * addresses and the attributes of the subject add up.
   */
  readonly brokers: readonly ServerCertificateSpecProps[];
}

/** One broker of a checked fleet. */
export interface FleetBroker {
  /** What was declared for it, with the fleet's options where it has none of its own. */
  readonly props: ServerCertificateSpecProps;
  readonly address: Address;
  /** Its place in the declaration. */
  readonly index: number;
}

/**
 * Checks a whole fleet and files every problem in `problems`, each at its path in `props`.
 *
 * @returns the brokers that have an address, in the order of their addresses, whatever order they were declared in
 */
export function checkFleet(props: FleetSpecProps, problems: Problems): FleetBroker[] {
  if (isObject(props.authority)) {
    const { PROPERTIES } = isImported(props.authority) ? ImportedAuthoritySpec : CertificateAuthoritySpec;
    const known = PROPERTIES.filter((name) => name !== "custody");
    problems.refuseUnknown("authority", props.authority, known);
  }
  const authority = problems.attempt(
    (below) => (below === "custody" ? below : ["authority", below].filter((part) => part !== "").join(".")),
    (): SigningAuthority => {
      const own = authorityOf(props);
      return isImported(own) ? ImportedAuthoritySpec.fromProps(own) : CertificateAuthoritySpec.fromProps(own);
    },
  );
  if (props.custody !== undefined) {
    const { custody } = props;
    problems.attempt("custody", () => parseCustody(custody));
  }
  const common = checkCommonOptions(props, authority, problems);
  if (!isList(props.brokers) || props.brokers.length === 0) {
    problems.add("brokers", props.brokers, "has no broker", 'declare at least one: { address: "mqtt-1.example.com" }');
    return [];
  }
  const checked = [...props.brokers.entries()].flatMap(([index, broker]) =>
    checkBroker(broker, index, common, authority, problems),
  );
  refuseTwins(checked, problems);
  return checked.sort((one, other) => byText(one.address, other.address));
}

/** The props of a fleet's authority: plain JavaScript may give anything for one. */
export function authorityOf({
  authority,
  custody,
}: FleetSpecProps): CertificateAuthoritySpecProps | ImportedAuthorityProps {
  if (!isObject(authority)) {
    return authority;
  }
  const { custody: _, ...own } = authority as CertificateAuthoritySpecProps;
  return custody === undefined ? own : { ...own, custody };
}

/** Whether these are the props of an authority that was made elsewhere: they say where it is. */
export function isImported(
  props: CertificateAuthoritySpecProps | ImportedAuthorityProps,
): props is ImportedAuthorityProps {
  return isObject(props) && IMPORTS.some((name) => (props as ImportedAuthorityProps)[name] !== undefined);
}

const IMPORTS = [
  "certificateFile",
  "certificatePem",
  "keyFile",
  "keyVariable",
] as const satisfies readonly (keyof ImportedAuthorityProps)[];

/** What holds for all brokers. */
interface CommonOptions {
  /** Those without a problem. */
  readonly sound: ServerCertificateOptions;
  /** The names of the others: what follows from them is no problem of a broker. */
  readonly unsound: ReadonlySet<string>;
}

/** A stand-in for every broker. RFC 2606 keeps the name from being anybody's. */
const EVERY_BROKER = "every-broker.cdktf-mqtt-pki.invalid";

/** Checks the fleet's options by themselves, as those of a broker that has none of its own. */
function checkCommonOptions(
  props: FleetSpecProps,
  authority: SigningAuthority | undefined,
  problems: Problems,
): CommonOptions {
  const given = ServerCertificateSpec.OPTIONS.flatMap((name) => {
    const value = props[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const unsound = new Set<string>();
  problems.attempt(
    (path) => {
      if (path === "address" || (path === "duration" && props.duration === undefined)) {
        return undefined; // The stand-in's. The default duration is judged where a broker has it.
      }
      unsound.add(/^\w*/.exec(path)?.[0] ?? "");
      return path;
    },
    () => {
      const options: ServerCertificateOptions = Object.fromEntries(given);
      return ServerCertificateSpec.fromProps(
        { duration: Duration.LONGEST, ...options, address: EVERY_BROKER },
        authority,
      );
    },
  );
  return { sound: Object.fromEntries(given.filter(([name]) => !unsound.has(name))), unsound };
}

function checkBroker(
  broker: ServerCertificateSpecProps,
  index: number,
  common: CommonOptions,
  authority: SigningAuthority | undefined,
  problems: Problems,
): FleetBroker[] {
  const at = `brokers[${index}]`;
  if (!isObject(broker)) {
    problems.add(at, broker, "is not a broker", 'write it as in { address: "mqtt-1.example.com" }');
    return [];
  }
  problems.refuseUnknown(at, broker, ServerCertificateSpec.PROPERTIES);
  const props = merge(applicable(common.sound, broker), broker);
  // One that is judged for all brokers already.
  const hasUnsoundDuration = broker.duration === undefined && common.unsound.has("duration");
  const hasUnsoundPassword = broker.passwordVariable === undefined && common.unsound.has("passwordVariable");
  const isJudged = (below: string): boolean =>
    (hasUnsoundDuration && below === "duration") || (hasUnsoundPassword && below === "passwordVersion");
  const spec = problems.attempt(
    (below) => (isJudged(below) ? undefined : declaredAt(below, at, broker)),
    () =>
      ServerCertificateSpec.fromProps(
        { ...props, ...(hasUnsoundDuration && { duration: Duration.LONGEST }) },
        authority,
      ),
  );
  const address = spec?.address ?? problems.attempt(`${at}.address`, () => Address.parse(broker.address));
  return address === undefined ? [] : [{ props, address, index }];
}

/** Where a problem of the merged broker belongs: at the broker, unless it has no word of its own in it. */
function declaredAt(below: string, at: string, broker: ServerCertificateSpecProps): string {
  const hasDuration = broker.duration !== undefined;
  const isOfAll =
    (below === "duration" && !hasDuration) ||
    (below === "renewBefore" && !hasDuration && broker.renewBefore === undefined);
  return isOfAll ? below : `${at}.${below}`;
}

/** What the fleet says of all, but of the file of a key that is not made here, and of another password than the broker's. */
function applicable(common: ServerCertificateOptions, broker: ServerCertificateSpecProps): ServerCertificateOptions {
  const isRequested = hasRequest(broker);
  const hasPassword = broker.passwordVariable !== undefined;
  const excluded = [
    ...(isRequested ? ["passwordVariable"] : []),
    ...(isRequested || hasPassword ? ["passwordVersion"] : []),
  ];
  return Object.fromEntries(Object.entries(common).filter(([name]) => !excluded.includes(name)));
}

/** A broker's own word, and the fleet's where it has none. */
function merge(common: ServerCertificateOptions, broker: ServerCertificateSpecProps): ServerCertificateSpecProps {
  const { subject, alternativeAddresses } = broker;
  const mayAdd = {
    subject: subject === undefined || isObject(subject),
    alternativeAddresses: alternativeAddresses === undefined || isList(alternativeAddresses),
  };
  return {
    ...common,
    ...defined(broker),
    address: broker.address,
    ...(common.subject !== undefined &&
      mayAdd.subject && { subject: { ...common.subject, ...defined(subject ?? {}) } }),
    ...(common.alternativeAddresses !== undefined &&
      mayAdd.alternativeAddresses && { alternativeAddresses: addAddresses(broker, common.alternativeAddresses) }),
  };
}

/** What is given as undefined is not given. */
function defined<T extends object>(props: T): Partial<T> {
  return Object.fromEntries(Object.entries(props).filter(([, value]) => value !== undefined)) as Partial<T>;
}

/** The broker's alternative addresses, and those of the fleet that it does not have already. */
function addAddresses(broker: ServerCertificateSpecProps, ofAll: readonly string[]): string[] {
  const own = broker.alternativeAddresses ?? [];
  const taken = new Set([broker.address, ...own].map(normalized));
  return [...own, ...ofAll.filter((address) => !taken.has(normalized(address)))];
}

function normalized(address: string): string {
  return new Problems().attempt("", () => Address.parse(address))?.text ?? address;
}

/** Two brokers may share neither an address nor the folder that is named after it. */
function refuseTwins(brokers: readonly FleetBroker[], problems: Problems): void {
  const byName = new Map<string, FleetBroker>();
  for (const broker of brokers) {
    const name = broker.address.fileName;
    const twin = byName.get(name);
    if (twin === undefined) {
      byName.set(name, broker);
      continue;
    }
    const shown = `brokers[${twin.index}].address, ${JSON.stringify(twin.props.address)}`;
    const path = `brokers[${broker.index}].address`;
    if (broker.address.equals(twin.address)) {
      problems.add(path, broker.props.address, `is the same broker as ${shown}`, "declare it once");
    } else {
      problems.add(
        path,
        broker.props.address,
        `has the same folder, ${name}, as ${shown}`,
        "rename one of them, or put it in another fleet",
      );
    }
  }
}

import { Problems } from "../errors";
import { Address } from "../values/address";
import { Duration } from "../values/duration";
import { BROKER_FORMS, type BrokerForm, hasStore } from "../values/files/forms";
import { isList, isObject } from "../values/plain-data";
import type { AuthoritySpec } from "./authority-generation";
import { hasRequest, nameOfRequest } from "./broker-request";
import type { BrokerProps, FleetSpecProps, ServerCertificateOptions, ServerCertificateSpecProps } from "./fleet-props";
import { BROKER, SERVER_OPTIONS } from "./properties/broker";
import { namesIn } from "./properties/property";
import { ServerCertificateSpec } from "./server-certificate-spec";
import { checkShard } from "./shard";
import type { SigningAuthority } from "./signing-authority";

/** A declared broker with an address, with its own options and those of the fleet. */
export interface DeclaredBroker {
  readonly address: Address;
  /** The checked certificate; undefined if it has a problem. */
  readonly spec: ServerCertificateSpec | undefined;
  /** The generation that signs. */
  readonly generation: number;
  /** The broker's shard, if the fleet has several stacks. */
  readonly shard: string | undefined;
  /** The index in the declaration. */
  readonly index: number;
  /** The address as it was given. */
  readonly given: string;
  /** Whether the broker sent a request, and so keeps its key. */
  readonly hasRequest: boolean;
  /** The property that contains the request, if there is one. */
  readonly requestProperty: "csrFile" | "csrPem";
  /** Whether its key file has a password. */
  readonly hasPassword: boolean;
  /** Whether a command runs after its files have changed. */
  readonly hasReloadCommand: boolean;
  /** The declared further forms, also if they lack something. */
  readonly forms: readonly BrokerForm[];
  /** Whether the broker itself declares further forms. */
  readonly hasOwnForms: boolean;
}

/** The options for all brokers. */
export interface CommonOptions {
  /** The options without a problem. */
  readonly sound: ServerCertificateOptions;
  /** The names of the options with a problem, which is not reported again for each broker. */
  readonly unsound: ReadonlySet<string>;
}

/** A placeholder for every broker. RFC 2606 reserves the name, so no one can own it. */
const PLACEHOLDER_ADDRESS = "every-broker.cdktf-mqtt-pki.invalid";

/** Reads the options of the fleet alone, as those of a broker without its own options. */
export function readCommonOptions(
  props: FleetSpecProps,
  authority: SigningAuthority | undefined,
  problems: Problems,
): CommonOptions {
  const names = Object.keys(SERVER_OPTIONS) as (keyof typeof SERVER_OPTIONS)[];
  const given = names.flatMap((name) => {
    const value = props[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const unsound = new Set<string>();
  problems.attempt(
    (path) => {
      if (path === "address" || (path === "duration" && props.duration === undefined)) {
        return undefined; // Of the placeholder. The default duration is checked for each broker that has it.
      }
      unsound.add(/^\w*/.exec(path)?.[0] ?? "");
      return path;
    },
    () => {
      const options: ServerCertificateOptions = withStore(Object.fromEntries(given));
      return ServerCertificateSpec.fromProps(
        { duration: Duration.LONGEST, ...options, address: PLACEHOLDER_ADDRESS },
        authority,
      );
    },
  );
  return { sound: Object.fromEntries(given.filter(([name]) => !unsound.has(name))), unsound };
}

/** Adds PKCS #12 if the fleet has its password: brokers may declare that form themselves. */
function withStore(options: ServerCertificateOptions): ServerCertificateOptions {
  const { forms = [], keystorePasswordVariable } = options;
  return keystorePasswordVariable === undefined || !isList(forms)
    ? options
    : { ...options, forms: [...forms, "pkcs12"] };
}

/** The generations that may sign for a broker, and the number of the default one. */
export interface Signers {
  readonly signing: number;
  readonly generations: ReadonlyMap<number, AuthoritySpec | undefined>;
}

const PROPERTIES = namesIn(BROKER);

/** The options that are checked together. */
const FORM_OPTIONS = ["forms", "keystorePasswordVariable", "keystorePasswordVersion"] as const;

/** Reads a broker, and files its problems; undefined if it has no valid address. */
export function readBroker(
  given: BrokerProps,
  index: number,
  common: CommonOptions,
  { signing, generations }: Signers,
  problems: Problems,
): DeclaredBroker | undefined {
  const at = `brokers[${index}]`;
  if (!isObject(given)) {
    problems.add(at, given, "is not a broker", 'write it as in { address: "mqtt-1.example.com" }');
    return undefined;
  }
  const { signingGeneration: generation = signing, shard, ...broker } = given;
  problems.refuseUnknown(at, given, PROPERTIES);
  if (shard !== undefined) {
    checkShard(problems, `${at}.shard`, shard);
  }
  const props = merge(applicable(common.sound, broker), broker);
  // These are reported for the fleet already.
  const hasUnsoundDuration = broker.duration === undefined && common.unsound.has("duration");
  const hasUnsoundPassword = broker.passwordVariable === undefined && common.unsound.has("passwordVariable");
  const hasUnsoundForms =
    FORM_OPTIONS.some((name) => common.unsound.has(name)) && FORM_OPTIONS.every((name) => broker[name] === undefined);
  const isJudged = (below: string): boolean =>
    (hasUnsoundForms && FORM_OPTIONS.some((name) => name === below)) ||
    (hasUnsoundDuration && below === "duration") ||
    (hasUnsoundPassword && ["passwordVersion", "passwordIterations"].includes(below));
  const spec = problems.attempt(
    (below) => (isJudged(below) ? undefined : declaredAt(below, at, broker)),
    () =>
      ServerCertificateSpec.fromProps(
        hasUnsoundDuration ? { ...props, duration: Duration.LONGEST } : props,
        generations.get(generation),
      ),
  );
  const address = spec?.address ?? problems.attempt(`${at}.address`, () => Address.parse(broker.address));
  return (
    address && {
      address,
      spec,
      generation,
      shard,
      index,
      given: broker.address,
      hasRequest: hasRequest(props),
      requestProperty: nameOfRequest(props),
      hasPassword: typeof props.passwordVariable === "string",
      hasReloadCommand: typeof props.reloadCommand === "string",
      forms: hasRequest(props) ? [] : knownForms(props.forms),
      hasOwnForms: broker.forms !== undefined,
    }
  );
}

function knownForms(given: readonly BrokerForm[] | undefined): readonly BrokerForm[] {
  return isList(given) ? BROKER_FORMS.filter((form) => given.includes(form)) : [];
}

/** The path for a problem of the merged options: at the broker, or at the fleet if only the fleet gives the option. */
function declaredAt(below: string, at: string, broker: ServerCertificateSpecProps): string {
  const hasDuration = broker.duration !== undefined;
  const isOfAll =
    (below === "duration" && !hasDuration) ||
    (below === "renewBefore" && !hasDuration && broker.renewBefore === undefined);
  return isOfAll ? below : `${at}.${below}`;
}

/** The fleet's options for a broker: without those of a key that is not made here, and of a password that the broker replaces. */
function applicable(common: ServerCertificateOptions, broker: ServerCertificateSpecProps): ServerCertificateOptions {
  const isRequested = hasRequest(broker);
  const hasPassword = broker.passwordVariable !== undefined;
  const hasNoStore = !hasStore(broker.forms ?? common.forms);
  const excluded: readonly string[] = [
    ...(isRequested ? FORM_OPTIONS : []),
    ...(hasNoStore ? ["keystorePasswordVariable"] : []),
    ...(hasNoStore || broker.keystorePasswordVariable !== undefined ? ["keystorePasswordVersion"] : []),
    ...(isRequested ? ["keyVersion", "passwordVariable", "keyMode"] : []),
    ...(isRequested || hasPassword ? ["passwordVersion"] : []),
    ...(isRequested || broker.passwordVariable === false ? ["passwordIterations"] : []),
  ];
  return excluded.length === 0
    ? common
    : Object.fromEntries(Object.entries(common).filter(([name]) => !excluded.includes(name)));
}

/** The broker's own options, completed with those of the fleet. */
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

/** The props without those that are undefined. */
function defined<T extends object>(props: T): Partial<T> {
  return Object.fromEntries(Object.entries(props).filter(([, value]) => value !== undefined)) as Partial<T>;
}

/** The broker's alternative addresses, and those of the fleet that it does not have yet. */
function addAddresses(broker: ServerCertificateSpecProps, ofAll: readonly string[]): string[] {
  const own = broker.alternativeAddresses ?? [];
  const taken = new Set([broker.address, ...own].map(normalized));
  return [...own, ...ofAll.filter((address) => !taken.has(normalized(address)))];
}

function normalized(address: string): string {
  return new Problems().attempt("", () => Address.parse(address))?.text ?? address;
}

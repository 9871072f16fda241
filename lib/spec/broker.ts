import { Problems } from "../errors";
import { Address } from "../values/address";
import { Duration } from "../values/duration";
import { hasStore } from "../values/files/forms";
import { isList, isObject } from "../values/plain-data";
import type { AuthoritySpec } from "./authority-generation";
import { hasRequest, nameOfRequest } from "./broker-request";
import type { BrokerProps, FleetSpecProps, ServerCertificateOptions, ServerCertificateSpecProps } from "./fleet-props";
import { BROKER, SERVER_OPTIONS } from "./properties/broker";
import { namesIn } from "./properties/property";
import { ServerCertificateSpec } from "./server-certificate-spec";
import { checkShard } from "./shard";
import type { SigningAuthority } from "./signing-authority";

/** A broker that has an address, with what was declared for it and for all. */
export interface DeclaredBroker {
  readonly address: Address;
  /** What its certificate is to say; undefined where something is wrong with that. */
  readonly spec: ServerCertificateSpec | undefined;
  /** The generation that signs. */
  readonly generation: number;
  /** Its stack, where the fleet has several. */
  readonly shard: string | undefined;
  /** Its place in the declaration. */
  readonly index: number;
  /** Its address as it was given. */
  readonly given: string;
  /** Whether it sent a request, and so keeps its key. */
  readonly hasRequest: boolean;
  /** The property that the request is in, where there is one. */
  readonly requestProperty: "csrFile" | "csrPem";
  /** Whether its key's file is to have a password. */
  readonly hasPassword: boolean;
  /** Whether a command is run once its files have changed. */
  readonly hasReloadCommand: boolean;
  /** Whether it has a word of its own about further forms. */
  readonly hasOwnForms: boolean;
}

/** What holds for all brokers. */
export interface CommonOptions {
  /** Those without a problem. */
  readonly sound: ServerCertificateOptions;
  /** The names of the others: what follows from them is no problem of a broker. */
  readonly unsound: ReadonlySet<string>;
}

/** A placeholder for every broker. RFC 2606 keeps the name from being anybody's. */
const PLACEHOLDER_ADDRESS = "every-broker.cdktf-mqtt-pki.invalid";

/** Reads the fleet's options by themselves, as those of a broker that has none of its own. */
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
        return undefined; // The placeholder's. The default duration is judged where a broker has it.
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

/** Brokers may declare the form for themselves whose password the fleet has. */
function withStore(options: ServerCertificateOptions): ServerCertificateOptions {
  const { forms = [], keystorePasswordVariable } = options;
  return keystorePasswordVariable === undefined || !isList(forms)
    ? options
    : { ...options, forms: [...forms, "pkcs12"] };
}

/** Who may sign for a broker, and who does where it names nobody. */
export interface Signers {
  readonly signing: number;
  readonly generations: ReadonlyMap<number, AuthoritySpec | undefined>;
}

const PROPERTIES = namesIn(BROKER);

/** What is judged together. */
const FORM_OPTIONS = ["forms", "keystorePasswordVariable", "keystorePasswordVersion"] as const;

/** Reads a broker, and files what is wrong with it; undefined where it has no address. */
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
  // One that is judged for all brokers already.
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
      hasOwnForms: broker.forms !== undefined,
    }
  );
}

/** Where a problem of the merged broker belongs: at the broker, unless it has no word of its own in it. */
function declaredAt(below: string, at: string, broker: ServerCertificateSpecProps): string {
  const hasDuration = broker.duration !== undefined;
  const isOfAll =
    (below === "duration" && !hasDuration) ||
    (below === "renewBefore" && !hasDuration && broker.renewBefore === undefined);
  return isOfAll ? below : `${at}.${below}`;
}

/** What the fleet says of all, but of a key that is not made here, and of another password than the broker's. */
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

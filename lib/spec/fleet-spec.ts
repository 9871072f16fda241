import { Problems } from "../errors";
import { Address } from "../values/address";
import {
  type AuthorityGenerationProps,
  type AuthoritySpec,
  checkGenerations,
  generationsOf,
} from "./authority-generation";
import { type Custody, parseCustody } from "../values/custody";
import { Duration } from "../values/duration";
import { isList, isObject } from "../values/plain-data";
import {
  byText,
  hasRequest,
  ServerCertificateSpec,
  type ServerCertificateOptions,
  type ServerCertificateSpecProps,
} from "./server-certificate-spec";
import { checkShard, checkShards, shardOf } from "./shard";
import type { SigningAuthority } from "./signing-authority";

/** One authority and the brokers whose certificates it signs. An option given here holds for every broker. */
export interface FleetSpecProps extends ServerCertificateOptions {
  /**
   * The authority that signs, and that clients trust: made here, or elsewhere. Its custody is the fleet's. Or several, in any
   * order, all of which clients trust: the generations of a rollover.
   */
  readonly authority: AuthorityGenerationProps | readonly AuthorityGenerationProps[];
  /**
   * The number of the generation that signs the certificates of brokers which name no other.
   * @default - the only one
   */
  readonly signingGeneration?: number;
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
  readonly brokers: readonly BrokerProps[];
  /**
   * The number of stacks over which brokers are spread that name no `shard`: each by its address alone, so that neither order nor
   * growth of the fleet moves one. The authority has a stack of its own then.
   * @default - one stack for authority and brokers, unless brokers name shards
   */
  readonly shards?: number;
}

/** A broker of a fleet. */
export interface BrokerProps extends ServerCertificateSpecProps {
  /**
   * The number of the generation of the authority that signs its certificate.
   * @default - the fleet's
   */
  readonly signingGeneration?: number;
  /**
   * The name of the stack that it is in, such as "site-a", behind the fleet's.
   * @default - by its address, one of the fleet's `shards`
   */
  readonly shard?: string;
}

/** One broker of a checked fleet. */
export interface FleetBroker {
  /** What was declared for it, with the fleet's options where it has none of its own. */
  readonly props: ServerCertificateSpecProps;
  readonly address: Address;
  /** The generation that signs. */
  readonly generation: number;
  /** Its stack, where the fleet has several. */
  readonly shard: string | undefined;
  /** Its place in the declaration. */
  readonly index: number;
}

/**
 * Checks a whole fleet and files every problem in `problems`, each at its path in `props`.
 *
 * @returns the brokers that have an address, in the order of their addresses, whatever order they were declared in
 */
export function checkFleet(props: FleetSpecProps, problems: Problems): FleetBroker[] {
  const generations = checkGenerations(generationsOf(props.authority, props.custody), problems);
  if (props.custody !== undefined) {
    const { custody } = props;
    problems.attempt("custody", () => parseCustody(custody));
  }
  const { shards } = props;
  const hasShards = shards !== undefined && checkShards(problems, "shards", shards);
  const signing = signingGenerationOf(props, generations, problems);
  const common = checkCommonOptions(props, generations.get(signing), problems);
  if (!isList(props.brokers) || props.brokers.length === 0) {
    problems.add("brokers", props.brokers, "has no broker", 'declare at least one: { address: "mqtt-1.example.com" }');
    return [];
  }
  const checked = [...props.brokers.entries()].flatMap(([index, broker]) =>
    checkBroker(broker, index, common, { signing, generations }, problems),
  );
  if (props.custody !== "machine") {
    refuseHomeless(checked, shards, problems);
  }
  refuseMissingGenerations(checked, generations, problems);
  refuseTwins(checked, problems);
  return checked
    .map((broker) => (hasShards ? { ...broker, shard: broker.shard ?? shardOf(broker.address, shards) } : broker))
    .sort((one, other) => byText(one.address, other.address));
}

/** Where some brokers name their shards, there must be some for the others. */
function refuseHomeless(brokers: readonly FleetBroker[], shards: number | undefined, problems: Problems): void {
  const homeless = brokers.filter(({ shard }) => shard === undefined).length;
  if (shards === undefined && homeless > 0 && homeless < brokers.length) {
    const reason = `is to say over how many stacks the brokers are spread that name no shard: ${homeless} of ${brokers.length}`;
    problems.add("shards", shards, reason, "as in shards: 1, or give each broker a shard");
  }
}

/** The generation that signs where a broker names none. */
function signingGenerationOf(
  { signingGeneration }: FleetSpecProps,
  generations: ReadonlyMap<number, AuthoritySpec | undefined>,
  problems: Problems,
): number {
  const [first = 1, ...others] = generations.keys();
  if (signingGeneration === undefined && others.length > 0) {
    const reason = `is to say which generation signs: there are ${listed([first, ...others])}`;
    problems.add("signingGeneration", signingGeneration, reason, `as in signingGeneration: ${first}`);
  }
  return signingGeneration ?? first;
}

const NAMES_AT_MOST = 20;

/** A generation that is dropped too early leaves brokers without who signs: all of one generation are one problem. */
function refuseMissingGenerations(
  brokers: readonly FleetBroker[],
  generations: ReadonlyMap<number, unknown>,
  problems: Problems,
): void {
  const orphans = brokers.filter(({ generation }) => !generations.has(generation));
  for (const missing of new Set(orphans.map(({ generation }) => generation))) {
    const signed = orphans.filter(({ generation }) => generation === missing);
    const names = signed.map(({ address }) => address.text).sort();
    const shown =
      names.length > NAMES_AT_MOST ? [...names.slice(0, NAMES_AT_MOST), `${names.length - NAMES_AT_MOST} more`] : names;
    problems.add(
      "signingGeneration",
      missing,
      `is no generation that is declared, and signs the certificates of ${listed(shown)}`,
      `declare it as long as it signs; to drop it, let another sign first, and deploy: there are ${listed([...generations.keys()])}`,
    );
  }
}

/** "a, b and c" */
function listed(items: readonly (string | number)[]): string {
  const [last, ...others] = items.toReversed();
  return others.length === 0 ? `${last}` : `${others.toReversed().join(", ")} and ${last}`;
}

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
  given: BrokerProps,
  index: number,
  common: CommonOptions,
  authority: {
    readonly signing: number;
    readonly generations: ReadonlyMap<number, AuthoritySpec | undefined>;
  },
  problems: Problems,
): FleetBroker[] {
  const at = `brokers[${index}]`;
  if (!isObject(given)) {
    problems.add(at, given, "is not a broker", 'write it as in { address: "mqtt-1.example.com" }');
    return [];
  }
  const { signingGeneration: generation = authority.signing, shard, ...broker } = given;
  problems.refuseUnknown(at, given, [...ServerCertificateSpec.PROPERTIES, "signingGeneration", "shard"]);
  if (shard !== undefined) {
    checkShard(problems, `${at}.shard`, shard);
  }
  const props = merge(applicable(common.sound, broker), broker);
  // One that is judged for all brokers already.
  const hasUnsoundDuration = broker.duration === undefined && common.unsound.has("duration");
  const hasUnsoundPassword = broker.passwordVariable === undefined && common.unsound.has("passwordVariable");
  const isJudged = (below: string): boolean =>
    (hasUnsoundDuration && below === "duration") ||
    (hasUnsoundPassword && ["passwordVersion", "passwordIterations"].includes(below));
  const spec = problems.attempt(
    (below) => (isJudged(below) ? undefined : declaredAt(below, at, broker)),
    () =>
      ServerCertificateSpec.fromProps(
        { ...props, ...(hasUnsoundDuration && { duration: Duration.LONGEST }) },
        authority.generations.get(generation),
      ),
  );
  const address = spec?.address ?? problems.attempt(`${at}.address`, () => Address.parse(broker.address));
  return address === undefined ? [] : [{ props, address, generation, shard, index }];
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
  const excluded = [
    ...(isRequested ? ["keyVersion", "passwordVariable"] : []),
    ...(isRequested || hasPassword ? ["passwordVersion"] : []),
    ...(isRequested || broker.passwordVariable === false ? ["passwordIterations"] : []),
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

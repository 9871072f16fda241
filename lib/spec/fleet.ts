import { Problems } from "../errors";
import { byText } from "../values/address";
import { type Custody, parseCustody } from "../values/custody";
import { ACCESS_MODES, type DirectoryMode, refuseUnlessMode } from "../values/files/file-access";
import { type Forms, parseTrustForms, type TrustForm } from "../values/files/forms";
import { isList } from "../values/plain-data";
import { type AuthoritySpec, type DeclaredGeneration, readGenerations } from "./authority-generation";
import { type DeclaredBroker, readBroker, readCommonOptions } from "./broker";
import type { FleetSpecProps } from "./fleet-props";
import {
  listed,
  refuseDuplicates,
  refuseMissingGenerations,
  refuseSharedKeys,
  refuseShutDirectory,
  refuseUnusedKeystorePassword,
  requireShardForAll,
} from "./fleet-rules";
import type { ServerCertificateSpec } from "./server-certificate-spec";
import { checkShards, shardNames, shardOf } from "./shard";

/** A fleet as it was declared, with what could be read of it. */
export interface DeclaredFleet {
  readonly custody: Custody;
  /** By their numbers. */
  readonly generations: readonly DeclaredGeneration[];
  /** The generation that signs for brokers which name none. */
  readonly signing: number;
  /** Those that have an address, in the order of their addresses, whatever order they were declared in. */
  readonly brokers: readonly DeclaredBroker[];
  /** How many shards were declared, if any. */
  readonly shardCount: number | undefined;
  /** The names of its shards; none where it has one stack. */
  readonly shards: readonly string[];
  readonly files: boolean;
  /** Where the files go, as it was given. */
  readonly directory: string;
  /** Of the directory, where that is declared. */
  readonly directoryMode: DirectoryMode | undefined;
  readonly outputs: boolean;
  /** Whether the authority's key comes out: it does where nothing is declared. */
  readonly exportAuthorityKey: boolean | undefined;
  /** Further forms of what clients trust. */
  readonly trustForms: Forms<TrustForm>;
}

/** A generation of a fleet's authority, checked. */
interface FleetGeneration extends DeclaredGeneration {
  readonly spec: AuthoritySpec;
}

/** A broker of a fleet, checked. */
export interface FleetBroker extends DeclaredBroker {
  readonly spec: ServerCertificateSpec;
}

/** A fleet without a problem: all that is made of it stands here. */
export interface Fleet extends DeclaredFleet {
  readonly generations: readonly FleetGeneration[];
  readonly brokers: readonly FleetBroker[];
}

/** Reads a fleet and files every problem in `problems`, each at its path in `props`. */
export function readFleet(props: FleetSpecProps, problems: Problems): DeclaredFleet {
  const generations = readGenerations(props.authority, props.custody, problems);
  const custody = problems.attempt("custody", () => parseCustody(props.custody ?? "state"));
  const harm = "would let others, or the group, write there";
  refuseUnlessMode(problems, "directoryMode", props.directoryMode, ACCESS_MODES.directory, harm);
  const { shards } = props;
  const hasShards = shards !== undefined && checkShards(problems, "shards", shards);
  const specs = new Map(generations.map(({ generation, spec }) => [generation, spec]));
  const signing = signingGenerationOf(props, [...specs.keys()], problems);
  const common = readCommonOptions(props, specs.get(signing), problems);
  const given = isList(props.brokers) ? props.brokers : [];
  if (given.length === 0) {
    const fix = 'declare at least one: { address: "mqtt-1.example.com" }';
    problems.add("brokers", props.brokers, "has no broker", fix, "required");
  }
  const found = given.flatMap(
    (broker, index) => readBroker(broker, index, common, { signing, generations: specs }, problems) ?? [],
  );
  if (found.length > 0) {
    if (custody !== "machine") {
      requireShardForAll(found, shards, problems);
    }
    refuseMissingGenerations(found, [...specs.keys()], problems);
    refuseDuplicates(found, problems);
    refuseSharedKeys(found, problems);
    refuseUnusedKeystorePassword(found, common, problems);
    refuseShutDirectory(found, props.directoryMode, problems);
  }
  const brokers = found
    .map((broker) => (hasShards ? { ...broker, shard: broker.shard ?? shardOf(broker.address, shards) } : broker))
    .sort((one, other) => byText(one.address, other.address));
  return {
    custody: custody ?? "state",
    generations,
    signing,
    brokers,
    shardCount: shards,
    shards: shardNames(
      hasShards ? shards : undefined,
      brokers.flatMap(({ shard }) => shard ?? []),
    ),
    files: props.files ?? true,
    directory: props.directory ?? "pki",
    directoryMode: props.directoryMode,
    outputs: props.outputs ?? false,
    exportAuthorityKey: props.exportAuthorityKey,
    trustForms: parseTrustForms(problems, props),
  };
}

/** @param declared without a problem */
export function soundFleet(declared: DeclaredFleet): Fleet {
  if (!isSound(declared)) {
    throw new Error("A fleet without problems lacks a specification");
  }
  return declared;
}

function isSound(fleet: DeclaredFleet): fleet is Fleet {
  return [...fleet.generations, ...fleet.brokers].every(({ spec }) => spec !== undefined);
}

/** The generation that signs where a broker names none. */
function signingGenerationOf(
  { signingGeneration }: FleetSpecProps,
  [first = 1, ...others]: readonly number[],
  problems: Problems,
): number {
  if (signingGeneration === undefined && others.length > 0) {
    const reason = `is required, for there are generations ${listed([first, ...others])}`;
    problems.add(
      "signingGeneration",
      signingGeneration,
      reason,
      `write signingGeneration: ${first}, for one`,
      "required",
    );
  }
  return signingGeneration ?? first;
}

/** The numbers of the generations that sign for them. */
export function signingGenerations(brokers: readonly FleetBroker[]): number[] {
  return [...new Set(brokers.map(({ generation }) => generation))].sort((one, other) => one - other);
}

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

/** A declared fleet, as far as it could be read. */
export interface DeclaredFleet {
  readonly custody: Custody;
  /** Sorted by their numbers. */
  readonly generations: readonly DeclaredGeneration[];
  /** The generation that signs for brokers without a `signingGeneration`. */
  readonly signing: number;
  /** The brokers with an address, sorted by it, independent of the order in the declaration. */
  readonly brokers: readonly DeclaredBroker[];
  /** The declared number of shards, if any. */
  readonly shardCount: number | undefined;
  /** The names of the shards; empty if the fleet has one stack. */
  readonly shards: readonly string[];
  readonly files: boolean;
  /** The directory for the files, as it was given. */
  readonly directory: string;
  /** The declared mode of the directory, if any. */
  readonly directoryMode: DirectoryMode | undefined;
  readonly outputs: boolean;
  /** Whether the authority's key is exported; undefined means the default, yes. */
  readonly exportAuthorityKey: boolean | undefined;
  /** Further forms of the trust anchors. */
  readonly trustForms: Forms<TrustForm>;
}

/** A checked generation of a fleet's authority. */
interface FleetGeneration extends DeclaredGeneration {
  readonly spec: AuthoritySpec;
}

/** A checked broker of a fleet. */
export interface FleetBroker extends DeclaredBroker {
  readonly spec: ServerCertificateSpec;
}

/** A fleet without a problem. */
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

/** The generation that signs for brokers without a `signingGeneration`. */
function signingGenerationOf(
  { signingGeneration }: FleetSpecProps,
  [first = 1, ...others]: readonly number[],
  problems: Problems,
): number {
  if (signingGeneration === undefined && others.length > 0) {
    const reason = `is required, because there are generations ${listed([first, ...others])}`;
    problems.add(
      "signingGeneration",
      signingGeneration,
      reason,
      `write signingGeneration: ${first}, for example`,
      "required",
    );
  }
  return signingGeneration ?? first;
}

/** The numbers of the generations that sign for these brokers. */
export function signingGenerations(brokers: readonly FleetBroker[]): number[] {
  return [...new Set(brokers.map(({ generation }) => generation))].sort((one, other) => one - other);
}

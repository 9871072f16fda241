import { Construct } from "constructs";
import type { AuthorityGenerations } from "../constructs/authority-generations";
import type { ICertificateAuthority } from "../custody/issuer";
import type { FleetStack } from "./fleet-stack";
import { PemDirectory } from "../constructs/pem-directory";
import { PemOutputs } from "../constructs/pem-outputs";
import { ServerCertificate } from "../constructs/server-certificate";
import { ValidityCheck } from "../constructs/validity-check";
import type { FleetBroker } from "../spec/fleet-spec";

/** What of a fleet is in one stack: all of it, or a shard. */
export interface FleetPart {
  readonly stack: FleetStack;
  /** In the order of their addresses. */
  readonly brokers: readonly FleetBroker[];
  /** Those that sign in the stack, by the numbers of their generations. */
  readonly authorities: ReadonlyMap<number, ICertificateAuthority>;
  /** Whether a plan makes a generation of the authority: an expression. */
  readonly isNew: (generation: number) => string;
  /** Where the files go that are resources; undefined where there are none. */
  readonly files: PemDirectory | undefined;
  /** Whether the stack has outputs. */
  readonly hasOutputs: boolean;
}

/** A shard of `whole`, in a stack of its own, which is deployed after the authority's. */
export function shardPart(
  whole: FleetPart,
  authorities: AuthorityGenerations,
  { stack, brokers }: Pick<FleetPart, "stack" | "brokers">,
): FleetPart {
  stack.addDependency(whole.stack);
  const signers = new Construct(stack, "authority");
  return {
    ...whole,
    stack,
    brokers,
    authorities: authorities.in(signers, signingGenerations(brokers)),
    // The authority is made by then.
    isNew: () => "false",
    files: whole.files && new PemDirectory(stack, "files", { sharedWith: whole.files, resourceName: "files" }),
  };
}

/**
 * Declares the brokers of a part, their files and outputs, and a check of how long their certificates are good.
 *
 * @returns their certificates, in the order of their addresses
 */
export function addBrokers({ stack, brokers, authorities, isNew, files, hasOutputs }: FleetPart): ServerCertificate[] {
  const parent = new Construct(stack, "brokers");
  const servers = brokers.map(
    (broker) =>
      new ServerCertificate(parent, broker.address.text, {
        ...broker.props,
        authority: at(authorities, broker.generation),
        resourceName: `broker_${broker.address.resourceName}`,
      }),
  );
  stack.addSelfContained(parent);
  if (servers.length > 0) {
    const signing = signingGenerations(brokers).map((generation) => ({
      issued: at(authorities, generation).issued,
      isNew: isNew(generation),
    }));
    stack.addSelfContained(new ValidityCheck(stack, "validity", { authorities: signing, servers }));
  }
  if (files !== undefined) {
    for (const server of servers) {
      files.addServer(server);
    }
    stack.addSelfContained(files);
  }
  if (hasOutputs) {
    new PemOutputs(stack, "outputs of brokers", { servers });
  }
  return servers;
}

/** The numbers of the generations that sign for them. */
export function signingGenerations(brokers: readonly FleetBroker[]): number[] {
  return [...new Set(brokers.map(({ generation }) => generation))].sort((one, other) => one - other);
}

function at(authorities: FleetPart["authorities"], generation: number): ICertificateAuthority {
  const found = authorities.get(generation);
  if (found === undefined) {
    throw new Error(`Generation ${generation} of the authority does not sign here`);
  }
  return found;
}

import { Construct } from "constructs";
import type { CustodyParts } from "../custody/custody-kind";
import type { ICertificateAuthority } from "../custody/issuer";
import { ServerCertificate } from "../constructs/server-certificate";
import { ValidityCheck } from "./validity-check";
import { type FleetBroker, signingGenerations } from "../spec/fleet";
import { type AuthorityGenerations, generationIn } from "./authority-generations";
import type { FleetStack } from "./fleet-stack";

/** The part of a fleet in one stack: the whole fleet, or a shard. */
export interface FleetPart {
  readonly stack: FleetStack;
  /** In the order of their addresses. */
  readonly brokers: readonly FleetBroker[];
  /** The authorities that sign in the stack, by the numbers of their generations. */
  readonly authorities: ReadonlyMap<number, ICertificateAuthority>;
  /** The parts that the custody adds to the stack. */
  readonly custody: CustodyParts;
}

/** A shard of `whole`, in its own stack, which is deployed after the stack of the authority. */
export function shardPart(
  whole: FleetPart,
  authorities: AuthorityGenerations,
  { stack, brokers }: Pick<FleetPart, "stack" | "brokers">,
): FleetPart {
  stack.addDependency(whole.stack);
  const signers = new Construct(stack, "authority");
  return {
    stack,
    brokers,
    authorities: authorities.signersIn(signers, signingGenerations(brokers)),
    custody: whole.custody.forShard(stack),
  };
}

/**
 * Declares the brokers of a part, their PEMs, and a check of their certificates' validity.
 *
 * @returns the certificates, in the order of their addresses
 */
export function addBrokers({ stack, brokers, authorities, custody }: FleetPart): ServerCertificate[] {
  const parent = new Construct(stack, "brokers");
  const servers = brokers.map(
    ({ address, spec, generation }) =>
      new ServerCertificate(parent, address.text, {
        spec,
        authority: generationIn(authorities, generation),
        resourceName: `broker_${address.resourceName}`,
      }),
  );
  stack.addSelfContained(parent);
  if (servers.length > 0) {
    const signing = signingGenerations(brokers).map((generation) => ({
      issued: generationIn(authorities, generation).issuer.issued,
      isNew: custody.isNew(generation),
    }));
    stack.addSelfContained(new ValidityCheck(stack, "validity", { authorities: signing, servers }));
  }
  custody.addServers(servers);
  addSelfContained(stack, custody);
  return servers;
}

/** Declares the files and outputs of the authorities. */
export function addAuthorities({ stack, authorities, custody }: FleetPart): void {
  custody.addAuthorities(authorities);
  addSelfContained(stack, custody);
}

function addSelfContained(stack: FleetStack, { constructs }: CustodyParts): void {
  for (const construct of constructs) {
    stack.addSelfContained(construct);
  }
}

/** What a custody is: how keys and certificates are made, and where keys live. Each is one object of this shape. */
import type { Construct, IConstruct } from "constructs";
import type { TerraformStack } from "../cdk";
import type { Problems } from "../errors";
import type { AuthoritySpec } from "../spec/authority-generation";
import type { DeclaredFleet, Fleet } from "../spec/fleet";
import type { Expression } from "../terraform/expression";
import type { ICertificateAuthority, IServerCertificate, Issuer } from "./issuer";
import type { AuthorityPlaceProps, SharedPlaceProps } from "./place-props";

export interface CustodyKind {
  /** Files what is wrong with where an authority of its goes. */
  checkPlace(place: AuthorityPlaceProps, problems: Problems): void;

  /** Files what it cannot do of what a fleet declares, and what stands in the way of its files. */
  checkFleet(declared: DeclaredFleet, problems: Problems): void;

  /**
   * Declares the generations of an authority.
   *
   * @param owner the construct to whom they belong
   * @param generations in the order in which clients get their certificates
   */
  createIssuers(owner: Construct, generations: readonly PlacedGeneration[], place: SharedPlaceProps): Issuers;

  /**
   * Declares what keeps a fleet's plans from harm, and where its PEMs go.
   *
   * @param stack the authority's
   */
  createParts(
    stack: TerraformStack,
    fleet: Fleet,
    authorities: ReadonlyMap<number, ICertificateAuthority>,
  ): CustodyParts;
}

/** A generation of an authority, and its place in a stack. */
export interface PlacedGeneration {
  readonly generation: number;
  readonly spec: AuthoritySpec;
  /** Where its resources go. */
  readonly scope: Construct;
  /** The name that its resource has in plans and state; without one, cdktf derives it. */
  readonly resourceName: string | undefined;
}

/** The ways to sign with the generations of an authority, by their numbers. */
export interface Issuers {
  /** In the authority's own stack. */
  of(generation: number): Issuer;

  /**
   * In another stack, where the custody can.
   *
   * @param generations those that sign there, with their places there
   */
  issuersIn?(scope: Construct, generations: readonly PlacedGeneration[]): ReadonlyMap<number, Issuer>;
}

/** What a custody adds to one stack of a fleet. */
export interface CustodyParts {
  /** The constructs, which refer to no other stack. */
  readonly constructs: readonly IConstruct[];

  /** Whether a plan makes that generation of the authority, and its end is not known yet. */
  isNew(generation: number): Expression;

  /** Brings out what clients trust, and what signs, by the numbers of the generations. */
  addAuthorities(authorities: ReadonlyMap<number, ICertificateAuthority>): void;

  addServers(servers: readonly IServerCertificate[]): void;

  /** The same for a shard, in its own stack. */
  forShard(stack: TerraformStack): CustodyParts;
}

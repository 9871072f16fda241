/** A custody decides how keys and certificates are made, and where keys live. Each custody is one object of this shape. */
import type { Construct, IConstruct } from "constructs";
import type { TerraformStack } from "../cdk";
import type { Problems } from "../errors";
import type { AuthoritySpec } from "../spec/authority-generation";
import type { DeclaredFleet, Fleet } from "../spec/fleet";
import type { Expression } from "../terraform/expression";
import type { ICertificateAuthority, IServerCertificate, Issuer } from "./issuer";
import type { AuthorityPlaceProps, SharedPlaceProps } from "./place-props";

export interface CustodyKind {
  /** Adds the problems of an authority's place. */
  checkPlace(place: AuthorityPlaceProps, problems: Problems): void;

  /** Adds a problem for each declared thing that the custody cannot do, and for each obstacle to the fleet's files. */
  checkFleet(declared: DeclaredFleet, problems: Problems): void;

  /**
   * Declares the generations of an authority.
   *
   * @param owner the construct that owns them
   * @param generations in the order in which clients get their certificates
   */
  createIssuers(owner: Construct, generations: readonly PlacedGeneration[], place: SharedPlaceProps): Issuers;

  /**
   * Declares the guards of a fleet's plans, and where its PEMs go.
   *
   * @param stack the authority's stack
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
  /** The construct that gets its resources. */
  readonly scope: Construct;
  /** The name that its resource has in plans and state; without one, cdktf derives it. */
  readonly resourceName: string | undefined;
}

/** The issuers of an authority's generations, by number. */
export interface Issuers {
  /** The issuer in the authority's own stack. */
  of(generation: number): Issuer;

  /**
   * The issuers in another stack. Absent if the custody cannot sign in another stack.
   *
   * @param generations the generations that sign there, with their places there
   */
  issuersIn?(scope: Construct, generations: readonly PlacedGeneration[]): ReadonlyMap<number, Issuer>;
}

/** The parts that a custody adds to one stack of a fleet. */
export interface CustodyParts {
  /** The added constructs. They refer to no other stack. */
  readonly constructs: readonly IConstruct[];

  /** Whether the plan creates that generation of the authority, so that its expiry date is not known yet. */
  isNew(generation: number): Expression;

  /** Writes or outputs the trust anchors and the authorities' keys, by generation number. */
  addAuthorities(authorities: ReadonlyMap<number, ICertificateAuthority>): void;

  addServers(servers: readonly IServerCertificate[]): void;

  /** The parts of a shard, in its own stack. */
  forShard(stack: TerraformStack): CustodyParts;
}

import type { Construct } from "constructs";
import type { AuthoritySpec } from "../spec/authority-generation";

/** A generation of an authority, and its place in a stack. */
export interface GivenGeneration {
  readonly generation: number;
  readonly spec: AuthoritySpec;
  /** Where its resources go. */
  readonly scope: Construct;
  /** The name that its resource has in plans and state; without one, cdktf derives it. */
  readonly resourceName: string | undefined;
}

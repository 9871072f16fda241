import type { Facts } from "../support/certificates";

/** Of a deployment from nothing and, where there is such a thing, of a plan right after it, which finds nothing to do. */
export interface Figures {
  readonly deploy: number;
  readonly unchangedPlan?: number;
}

/** How long one way took, and what came of it. */
export interface Outcome {
  readonly seconds: Figures;
  readonly certificate: Facts;
}

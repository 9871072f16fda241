import type { Facts } from "../support/certificates";

/** The seconds of a deployment from nothing and, if the tool has plans, of an unchanged plan right after it. */
export interface Figures {
  readonly deploy: number;
  readonly unchangedPlan?: number;
}

/** How long one way took, and what came of it. */
export interface Outcome {
  readonly seconds: Figures;
  readonly certificate: Facts;
}

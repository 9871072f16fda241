import type { Template } from "./expression";

/** A condition of a plan, and the message if it does not hold. */
export interface Condition {
  readonly condition: Template;
  readonly errorMessage: Template;
}

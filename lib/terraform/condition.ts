import type { Template } from "./expression";

/** What must hold, and what a plan says where it does not. */
export interface Condition {
  readonly condition: Template;
  readonly errorMessage: Template;
}

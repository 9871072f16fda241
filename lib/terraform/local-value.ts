import type { Construct } from "constructs";
import { TerraformLocal } from "../cdk";
import { type Expression, interpolate, reference } from "./expression";

/**
 * Creates a local value. If there is a `prefix`, its name is the prefix and the id.
 *
 * @returns its address
 */
export function createLocal(
  scope: Construct,
  id: string,
  expression: Expression,
  prefix: string | undefined,
): Expression {
  const local = new TerraformLocal(scope, `local ${id}`, interpolate(expression));
  if (prefix !== undefined) {
    local.overrideLogicalId(`${prefix}_${id}`);
  }
  return reference(`local.${local.friendlyUniqueId}`);
}

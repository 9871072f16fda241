import { type TerraformDataSource, type TerraformResource, TerraformStack } from "../cdk";
import { invalid } from "../errors";

/**
 * Sets the name of a resource in plans and state. Without a name, cdktf derives it from the construct tree.
 *
 * @throws InvalidInputError if Terraform takes no such name, or the stack has a resource of that type and name:
 *   cdktf would make one of the two without a word
 */
export function nameResource<T extends TerraformResource | TerraformDataSource>(
  resource: T,
  name: string | undefined,
): T {
  if (name === undefined) {
    return resource;
  }
  if (!/^[A-Za-z_][\w-]*$/.test(name)) {
    throw invalid(
      `"${resource.node.path}"`,
      name,
      "is not a valid name for a Terraform resource",
      "start with a letter or _, followed by letters, digits, _ and -",
    );
  }
  const stack = TerraformStack.of(resource);
  const address = `${resource.terraformResourceType}.${name}`;
  const taken = names.get(stack) ?? new Set<string>();
  names.set(stack, taken);
  if (taken.has(address)) {
    const reason = "already exists in this stack";
    throw invalid(`"${resource.node.path}"`, address, reason, "choose another resourceName", "duplicate");
  }
  taken.add(address);
  resource.overrideLogicalId(name);
  return resource;
}

const names = new WeakMap<TerraformStack, Set<string>>();

import type { Construct } from "constructs";
import { TerraformStack, TerraformVariable } from "../cdk";
import { invalid } from "../errors";
import type { Condition } from "./condition";
import { hcl, interpolate, quoted, reference } from "./expression";
import { environmentVariable, PASSWORD_BYTES_AT_MOST } from "../values/key-password";

/** The first versions of Terraform and OpenTofu that can do without a variable's value in plans: 1.10 and 1.11. */
const ENGINE = ">= 1.11";

export interface SecretVariableProps {
  readonly name: string;
  /** What it has, for whoever has to give it: "password". */
  readonly content: string;
  /** Whether no plan may have its value. Else, what it is used for is in the state anyway. */
  readonly isEphemeral: boolean;
  /** What its value must be beside that it is there. */
  readonly validation?: Condition;
}

/**
 * Gives the stack of `scope` a variable for a secret, unless it has it. A plan without its value fails, and names it.
 *
 * @throws InvalidInputError where the name is another secret's
 */
export function ensureSecretVariable(scope: Construct, props: SecretVariableProps): void {
  const { name, content, isEphemeral, validation } = props;
  const stack = TerraformStack.of(scope);
  const known = variables.get(stack) ?? new Map<string, SecretVariableProps>();
  variables.set(stack, known);
  const other = known.get(name);
  if (other?.isEphemeral === isEphemeral) {
    return;
  }
  if (other !== undefined) {
    const reason = `would hold both a ${other.content} and a ${content}`;
    throw invalid(`"${scope.node.path}"`, name, reason, "use two variables", "conflict");
  }
  known.set(name, props);
  const variable = new TerraformVariable(stack, `variable ${name}`, {
    type: "string",
    description: `A ${content}. It comes from the environment, as ${environmentVariable(name)}.`,
    default: "",
    nullable: false,
    sensitive: true,
    validation: [
      {
        condition: interpolate(hcl`length(${reference(`var.${name}`)}) > 0`),
        errorMessage: `The ${content} is missing: set the environment variable ${environmentVariable(name)}.`,
      },
      ...(validation === undefined ? [] : [validation]),
    ],
  });
  variable.overrideLogicalId(name);
  if (isEphemeral) {
    variable.addOverride("ephemeral", true);
    stack.addOverride("terraform.required_version", ENGINE);
  }
}

/** Gives the stack of `scope` the variable of a password. */
export function ensurePasswordVariable(scope: Construct, name: string): void {
  // Base64 has four characters for three bytes, as for two more than a password may have.
  const base64 = hcl`base64encode(${quoted(`${interpolate(reference(`var.${name}`))}..`)})`;
  const validation = {
    condition: interpolate(hcl`length(${base64}) <= ${((PASSWORD_BYTES_AT_MOST + 2) / 3) * 4}`),
    errorMessage: `The password in ${environmentVariable(name)} has more than ${PASSWORD_BYTES_AT_MOST} bytes, and OpenSSL cannot open a key with it: choose a shorter one.`,
  };
  ensureSecretVariable(scope, { name, content: "password", isEphemeral: true, validation });
}

/** What each stack has, by its name. */
const variables = new WeakMap<TerraformStack, Map<string, SecretVariableProps>>();

import type { Construct } from "constructs";
import { TerraformStack, TerraformVariable } from "../cdk";
import { invalid } from "../errors";
import type { Condition } from "./condition";
import { hcl, interpolate, quoted, reference } from "./expression";
import { environmentVariable, PASSWORD_BYTES_AT_MOST } from "../values/key-password";

/** Ephemeral variables need Terraform 1.10 or OpenTofu 1.11: this range covers both. */
const ENGINE = ">= 1.11";

export interface SecretVariableProps {
  readonly name: string;
  /** Its content, for the user who sets it: "password". */
  readonly content: string;
  /** Whether plans must not contain its value. If false, the state contains what it is used for anyway. */
  readonly isEphemeral: boolean;
  /** A further condition of its value, besides being set. */
  readonly validation?: Condition;
}

/**
 * Gives the stack of `scope` a variable for a secret, unless it has it. A plan without its value fails with its name.
 *
 * @throws InvalidInputError if the name is another secret's
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
  // Base64 has four characters per three bytes. The two added bytes make the limit divisible by three.
  const base64 = hcl`base64encode(${quoted(`${interpolate(reference(`var.${name}`))}..`)})`;
  const validation = {
    condition: interpolate(hcl`length(${base64}) <= ${((PASSWORD_BYTES_AT_MOST + 2) / 3) * 4}`),
    errorMessage: `The password in ${environmentVariable(name)} has more than ${PASSWORD_BYTES_AT_MOST} bytes, and OpenSSL cannot open a key with it: choose a shorter one.`,
  };
  ensureSecretVariable(scope, { name, content: "password", isEphemeral: true, validation });
}

/** The variables of each stack, by name. */
const variables = new WeakMap<TerraformStack, Map<string, SecretVariableProps>>();

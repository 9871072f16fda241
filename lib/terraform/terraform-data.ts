import type { Construct } from "constructs";
import { TerraformResource, type TerraformMetaArguments } from "../cdk";
import { type Expression, reference } from "./expression";
import { nameResource } from "./resource-name";

export interface TerraformDataProps extends TerraformMetaArguments {
  /** In Terraform's own words. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** What runs on this machine when it is made or destroyed: the words of `local-exec`. */
  readonly localExec?: readonly object[];
  /** The name that it has in plans and state. */
  readonly resourceName: string | undefined;
}

/**
 * Terraform's built-in `terraform_data`, which needs no provider. (cdktf's DataResource is this too, but runs the engine at
 * synth, to ask for its version; and its types have no provisioner whose environment is an expression.)
 */
export class TerraformData extends TerraformResource {
  private readonly attributes: Readonly<Record<string, unknown>>;

  /** @throws InvalidInputError where the name is none, or taken */
  constructor(scope: Construct, id: string, { attributes, localExec, resourceName, ...meta }: TerraformDataProps) {
    super(scope, id, { terraformResourceType: "terraform_data", ...meta });
    this.attributes = attributes;
    if (localExec !== undefined) {
      this.addOverride(
        "provisioner",
        localExec.map((block) => ({ "local-exec": block })),
      );
    }
    nameResource(this, resourceName);
  }

  /** As Terraform spells it in an expression. */
  public get address(): Expression {
    return reference(`${this.terraformResourceType}.${this.friendlyUniqueId}`);
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { ...this.attributes };
  }
}

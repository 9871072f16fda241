import type { Construct } from "constructs";
import { TerraformResource, type TerraformMetaArguments } from "../cdk";
import { type Expression, reference } from "./expression";
import { nameResource } from "./resource-name";

export interface TerraformDataProps extends TerraformMetaArguments {
  /** The attributes, as Terraform spells them. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** The provisioners that run on this machine when the resource is made or destroyed: blocks of `local-exec`. */
  readonly localExec?: readonly object[];
  /** Its name in plans and state. */
  readonly resourceName: string | undefined;
}

/**
 * Terraform's built-in `terraform_data`, which needs no provider. (cdktf's DataResource is the same, but runs the engine at
 * synth to get its version, and its types do not allow an expression as a provisioner's environment.)
 */
export class TerraformData extends TerraformResource {
  private readonly attributes: Readonly<Record<string, unknown>>;

  /** @throws InvalidInputError if the name is invalid or taken */
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

  /** Its address in an expression. */
  public get address(): Expression {
    return reference(`${this.terraformResourceType}.${this.friendlyUniqueId}`);
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { ...this.attributes };
  }
}

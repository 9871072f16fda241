import type { Construct, IConstruct } from "constructs";
import { TerraformLocal, TerraformStack } from "../../cdk";
import { type Expression, interpolate, reference } from "../../terraform/expression";
import type { Pem } from "../issuer";

/** A text, such as a PEM, that its stack holds once, in a local value, even if it is used often. */
export class LocalText implements Pem {
  private readonly local: TerraformLocal;

  /** @param name of the local value; without one, cdktf derives it */
  constructor(
    scope: Construct,
    id: string,
    private readonly text: string,
    name: string | undefined,
  ) {
    this.local = new TerraformLocal(scope, id, text);
    if (name !== undefined) {
      this.local.overrideLogicalId(name);
    }
  }

  public get token(): string {
    return this.text;
  }

  public referenceIn(scope: IConstruct): string {
    const isAtHome = TerraformStack.of(scope) === this.local.cdktfStack;
    return isAtHome ? interpolate(this.address) : this.text;
  }

  /** Its address in its own stack. */
  public get address(): Expression {
    return reference(`local.${this.local.friendlyUniqueId}`);
  }
}

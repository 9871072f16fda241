import { TerraformLocal, TerraformStack } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import type { Pem } from "./issuer";

/** A PEM that is known at synth. Its stack has it once, however often it is used there. */
export class KnownPem implements Pem {
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

  public in(scope: IConstruct): string {
    const isAtHome = TerraformStack.of(scope) === this.local.cdktfStack;
    return isAtHome ? `\${local.${this.local.friendlyUniqueId}}` : this.text;
  }
}

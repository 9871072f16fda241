import { type TerraformResource, TerraformStack, Token } from "cdktf";
import type { IConstruct } from "constructs";
import type { Pem } from "./issuer";

/** A text attribute of a resource, whose value is known when it is applied. */
export class Attribute implements Pem {
  constructor(
    private readonly resource: TerraformResource,
    private readonly name: string,
  ) {}

  /** A reference that holds in any stack: cdktf makes a cross-stack reference of it where one is needed. */
  public get token(): string {
    return Token.asString(this.resource.interpolationForAttribute(this.name));
  }

  /** A reference for use in the stack of `scope`. */
  public in(scope: IConstruct): string {
    return this.isAtHome(scope) ? `\${${this.plain}}` : this.token;
  }

  /** The same, for use inside of an expression. */
  public inExpression(scope: IConstruct): string {
    return this.isAtHome(scope) ? this.plain : this.token;
  }

  /**
   * Terraform's own spelling, which holds in the resource's stack alone. It is used there because cdktf keeps a stack
   * trace for every token: at thousands of brokers, a good part of synth's time and memory.
   */
  private get plain(): string {
    return `${this.resource.terraformResourceType}.${this.resource.friendlyUniqueId}.${this.name}`;
  }

  private isAtHome(scope: IConstruct): boolean {
    return TerraformStack.of(scope) === this.resource.cdktfStack;
  }
}

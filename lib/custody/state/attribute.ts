import type { IConstruct } from "constructs";
import { TerraformDataSource, type TerraformResource, TerraformStack, Token } from "../../cdk";
import { type Expression, interpolate, reference } from "../../terraform/expression";
import type { KeyPassword } from "../../values/key-password";
import type { Pem, PrivateKeyPem } from "../issuer";

/** A text attribute of a resource or a data source. Its value is known once it is applied. */
export class Attribute implements Pem {
  constructor(
    private readonly resource: TerraformResource | TerraformDataSource,
    private readonly name: string,
  ) {}

  /** A reference that is valid in any stack: cdktf turns it into a cross-stack reference if necessary. */
  public get token(): string {
    return Token.asString(this.resource.interpolationForAttribute(this.name));
  }

  /** A reference for use in the stack of `scope`. */
  public referenceIn(scope: IConstruct): string {
    return this.isAtHome(scope) ? interpolate(this.plain) : this.token;
  }

  /** A reference for use inside an expression. The CDK resolves its tokens there too. */
  public expressionIn(scope: IConstruct): Expression {
    return this.isAtHome(scope) ? this.plain : reference(this.token);
  }

  /**
   * Terraform's own spelling, which is valid only in the resource's stack. It avoids a token, because cdktf keeps a stack
   * trace for every token: with thousands of brokers, these take a good part of synth's time and memory.
   */
  private get plain(): Expression {
    return reference(`${addressOf(this.resource)}.${this.name}`);
  }

  private isAtHome(scope: IConstruct): boolean {
    return TerraformStack.of(scope) === this.resource.cdktfStack;
  }
}

/** The key of a `tls_private_key`. */
export class PrivateKeyAttribute extends Attribute implements PrivateKeyPem {
  private readonly fingerprint: Attribute;

  /** @param password the password that encrypts its file */
  constructor(
    key: TerraformResource,
    public readonly password: KeyPassword | undefined,
  ) {
    super(key, "private_key_pem_pkcs8");
    this.fingerprint = new Attribute(key, "public_key_fingerprint_sha256");
  }

  public fingerprintIn(scope: IConstruct): string {
    return this.fingerprint.referenceIn(scope);
  }
}

/** The address of a resource or a data source in its own stack. */
function addressOf(resource: TerraformResource | TerraformDataSource): string {
  const prefix = TerraformDataSource.isTerraformDataSource(resource) ? "data." : "";
  return `${prefix}${resource.terraformResourceType}.${resource.friendlyUniqueId}`;
}

import type { Construct, IConstruct } from "constructs";
import {
  App,
  DefaultTokenResolver,
  LocalBackend,
  StringConcat,
  TerraformBackend,
  TerraformElement,
  TerraformStack,
  Tokenization,
} from "../cdk";
import { invalid } from "../errors";
import { relativeToStackFolder } from "../terraform/stack-path";

/** The first version of Terraform with `check` blocks and `plantimestamp()`; every version of OpenTofu has them. */
const ENGINE = ">= 1.5";

/**
 * A stack of a fleet: the fleet itself, or one of its shards. Without a declared backend, its state is
 * `terraform.<id>.tfstate` in the directory where the CDK is run.
 */
export class FleetStack extends TerraformStack {
  /** Elements that refer to no other stack. */
  private readonly selfContained = new Set<IConstruct>();

  /** Declares a stack that needs Terraform 1.5, or any version of OpenTofu. */
  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.addOverride("terraform.required_version", ENGINE);
  }

  /**
   * Declares that the current elements of `construct` refer to no other stack. Elements that are added later may.
   *
   * @internal
   */
  public addSelfContained(construct: IConstruct): void {
    for (const element of construct.node.findAll()) {
      this.selfContained.add(element);
    }
  }

  /** The same as in the CDK, but with a path for the local state that is the same on every machine. */
  public override ensureBackendExists(): TerraformBackend {
    const own = this.node.findAll().find((construct) => TerraformBackend.isBackend(construct));
    return own ?? new LocalBackend(this, { path: relativeToStackFolder(this, `terraform.${this.node.id}.tfstate`) });
  }

  /**
   * The same as in the CDK, but faster. The CDK resolves every element again to find references to other stacks, which takes a
   * quarter of the time of a large synth. This method skips elements without such references.
   *
   * @throws InvalidInputError if another stack has the same id: the CDK would overwrite one with the other
   */
  public override prepareStack(): void {
    this.refuseDuplicateId();
    this.ensureBackendExists();
    const resolver = new DefaultTokenResolver(new StringConcat());
    const elements = this.node.findAll().filter((construct) => TerraformElement.isTerraformElement(construct));
    for (const element of elements) {
      const text: unknown = this.selfContained.has(element) ? overridesOf(element) : element.toTerraform();
      if (text !== undefined) {
        Tokenization.resolve(text, { scope: this, resolver, preparing: true });
      }
    }
    this.nameDependencies();
  }

  private refuseDuplicateId(): void {
    const twin = stacksBelow(this.node.root).find((stack) => stack !== this && stack.node.id === this.node.id);
    if (twin !== undefined) {
      const reason = `is also the id of the stack "${twin.node.path}"`;
      const fix = "give the fleet or the shard another id";
      throw invalid(`the stack "${this.node.path}"`, this.node.id, reason, fix, "duplicate");
    }
  }

  /**
   * Lists dependencies by id. The CDK lists their paths in the construct tree, but its commands look for ids: the two differ for
   * a stack that is not a direct child of the app.
   */
  private nameDependencies(): void {
    const { dependencies } = App.of(this).manifest.forStack(this);
    dependencies.splice(0, dependencies.length, ...this.dependencies.map(({ node }) => node.id));
  }
}

/** The overrides that a user added to an element of this library; undefined without any. */
function overridesOf(element: TerraformElement): object | undefined {
  const { rawOverrides } = element as unknown as { readonly rawOverrides: object };
  return Object.keys(rawOverrides).length === 0 ? undefined : rawOverrides;
}

/** The stacks in a construct. It does not search within stacks, which would visit all elements. */
function stacksBelow({ node }: IConstruct): IConstruct[] {
  return node.children.flatMap((child) => (TerraformStack.isStack(child) ? [child] : stacksBelow(child)));
}

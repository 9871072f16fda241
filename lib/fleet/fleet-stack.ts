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

/** Terraform's first version with `check` blocks and `plantimestamp()`; of OpenTofu, every version has them. */
const ENGINE = ">= 1.5";

/**
 * The stack of a fleet, or one of its stacks. Without a backend of the user's, its state is `terraform.<id>.tfstate` where
 * cdktf is run.
 */
export class FleetStack extends TerraformStack {
  /** Elements that refer to no other stack. */
  private readonly selfContained = new Set<IConstruct>();

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.addOverride("terraform.required_version", ENGINE);
  }

  /**
   * Declares that nothing that is in `construct` by now refers to another stack. What its user adds to it later may.
   *
   * @internal
   */
  public addSelfContained(construct: IConstruct): void {
    for (const element of construct.node.findAll()) {
      this.selfContained.add(element);
    }
  }

  /** As cdktf's own, with a path that is the same on every machine. */
  public override ensureBackendExists(): TerraformBackend {
    const own = this.node.findAll().find((construct) => TerraformBackend.isBackend(construct));
    return own ?? new LocalBackend(this, { path: relativeToStackFolder(this, `terraform.${this.node.id}.tfstate`) });
  }

  /**
   * As the CDK's own, which resolves every element once more to find references to other stacks: a quarter of the time of
   * a large synth. Here that is left out for what has none.
   *
   * @throws InvalidInputError where another stack has this one's name: the CDK would write one over the other
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
      const reason = `is the id of the stack "${twin.node.path}" too`;
      const fix = "give the fleet or the shard another";
      throw invalid(`the stack "${this.node.path}"`, this.node.id, reason, fix, "duplicate");
    }
  }

  /**
   * The CDK lists them by their paths in the construct tree, and its commands look for them by their names: these differ for
   * what is not the app's own child.
   */
  private nameDependencies(): void {
    const { dependencies } = App.of(this).manifest.forStack(this);
    dependencies.splice(0, dependencies.length, ...this.dependencies.map(({ node }) => node.id));
  }
}

/** What a user may have changed in an element of ours; undefined where there is nothing. */
function overridesOf(element: TerraformElement): object | undefined {
  const { rawOverrides } = element as unknown as { readonly rawOverrides: object };
  return Object.keys(rawOverrides).length === 0 ? undefined : rawOverrides;
}

/** The stacks in a construct. Those in stacks are not looked for: that would be a walk through all elements. */
function stacksBelow({ node }: IConstruct): IConstruct[] {
  return node.children.flatMap((child) => (TerraformStack.isStack(child) ? [child] : stacksBelow(child)));
}

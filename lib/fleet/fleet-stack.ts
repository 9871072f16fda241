import type { Construct, IConstruct } from "constructs";
import {
  Annotations,
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
  private readonly selfContained = new Set<IConstruct>();
  private hintForLocalState: string | undefined;

  /** @throws InvalidInputError where another stack has that name: the CDK would write one over the other */
  constructor(scope: Construct, id: string) {
    super(scope, nameNotTaken(scope, id));
    namesIn(scope).set(id, this.node.path);
    this.addOverride("terraform.required_version", ENGINE);
  }

  /**
   * Declares that nothing in `construct`, a child of this stack, refers to another stack.
   *
   * @internal
   */
  public addSelfContained(construct: IConstruct): void {
    this.selfContained.add(construct);
  }

  /**
   * Has the CDK show `text` at synth where the stack's state is local.
   *
   * @internal
   */
  public hintIfLocal(text: string): void {
    this.hintForLocalState = text;
  }

  /** As cdktf's own, with a path that is the same on every machine. */
  public override ensureBackendExists(): TerraformBackend {
    const own = this.node.findAll().find((construct) => TerraformBackend.isBackend(construct));
    return own ?? new LocalBackend(this, { path: relativeToStackFolder(this, `terraform.${this.node.id}.tfstate`) });
  }

  /**
   * As cdktf's own, which resolves every element once more to find references to other stacks: a quarter of the time of
   * a large synth. Here that is left out for what has none.
   */
  public override prepareStack(): void {
    const backend = this.ensureBackendExists();
    if (this.hintForLocalState !== undefined && backend instanceof LocalBackend) {
      Annotations.of(this).addInfo(this.hintForLocalState);
    }
    const resolver = new DefaultTokenResolver(new StringConcat());
    const elements = this.node.children
      .filter((child) => !this.selfContained.has(child))
      .flatMap((child) => child.node.findAll())
      .filter((construct) => TerraformElement.isTerraformElement(construct));
    for (const element of elements) {
      Tokenization.resolve(element.toTerraform(), { scope: this, resolver, preparing: true });
    }
    this.nameDependencies();
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

/** The paths of the stacks of an app's fleets, by their names. */
const names = new WeakMap<IConstruct, Map<string, string>>();

function namesIn({ node: { root } }: Construct): Map<string, string> {
  const found = names.get(root) ?? new Map<string, string>();
  names.set(root, found);
  return found;
}

function nameNotTaken(scope: Construct, id: string): string {
  const owner = namesIn(scope).get(id);
  const isThere = scope.node.tryFindChild(id) !== undefined;
  if (owner !== undefined || isThere) {
    const path = [scope.node.path, id].filter((part) => part !== "").join("/");
    const reason = isThere ? "is another construct's id already" : `is the id of the stack "${owner ?? ""}" too`;
    throw invalid(`the stack "${path}"`, id, reason, "give the fleet or the shard another");
  }
  return id;
}

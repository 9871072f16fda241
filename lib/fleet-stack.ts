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
} from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { invalid } from "./errors";
import { fromStackFolder } from "./working-directory";

/** Terraform's first version with `check` blocks and `plantimestamp()`; of OpenTofu, every version has them. */
const ENGINE = ">= 1.5";

/**
 * The stack of a fleet, or one of its stacks. Without a backend of the user's, its state is `terraform.<id>.tfstate` where
 * cdktf is run.
 */
export class FleetStack extends TerraformStack {
  private readonly selfContained = new Set<IConstruct>();
  private hintForLocalState: string | undefined;

  /** @throws InvalidInputError where another fleet of the app has a stack of that name: cdktf would write one over the other */
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { root } = this.node;
    const taken = names.get(root) ?? new Map<string, string>();
    names.set(root, taken);
    const owner = taken.get(id);
    if (owner !== undefined) {
      const reason = `is the name of the stack "${owner}" too`;
      throw invalid(`the stack "${this.node.path}"`, id, reason, "give the fleet or the shard another");
    }
    taken.set(id, this.node.path);
    this.addOverride("terraform.required_version", ENGINE);
  }

  /** Declares that nothing in `construct`, a child of this stack, refers to another stack. */
  public addSelfContained(construct: IConstruct): void {
    this.selfContained.add(construct);
  }

  /** Has cdktf show `text` at synth where the stack's state is local. */
  public hintIfLocal(text: string): void {
    this.hintForLocalState = text;
  }

  /** As cdktf's own, with a path that is the same on every machine. */
  public override ensureBackendExists(): TerraformBackend {
    const own = this.node.findAll().find((construct) => TerraformBackend.isBackend(construct));
    return own ?? new LocalBackend(this, { path: fromStackFolder(this, `terraform.${this.node.id}.tfstate`) });
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

  /** cdktf lists them by their paths in the construct tree, and its commands look for them by their names. */
  private nameDependencies(): void {
    const { dependencies } = App.of(this).manifest.forStack(this);
    dependencies.splice(0, dependencies.length, ...this.dependencies.map(({ node }) => node.id));
  }
}

/** The stacks of an app's fleets, by their names. */
const names = new WeakMap<IConstruct, Map<string, string>>();

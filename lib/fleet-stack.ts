import {
  DefaultTokenResolver,
  LocalBackend,
  StringConcat,
  TerraformBackend,
  TerraformElement,
  TerraformStack,
  Tokenization,
} from "cdktf";
import type { IConstruct } from "constructs";
import { fromStackFolder } from "./working-directory";

/** The stack of a fleet. Without a backend of the user's, its state is `terraform.<id>.tfstate` where cdktf is run. */
export class FleetStack extends TerraformStack {
  private readonly selfContained = new Set<IConstruct>();

  /** Declares that nothing in `construct`, a child of this stack, refers to another stack. */
  public addSelfContained(construct: IConstruct): void {
    this.selfContained.add(construct);
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
    this.ensureBackendExists();
    const resolver = new DefaultTokenResolver(new StringConcat());
    const elements = this.node.children
      .filter((child) => !this.selfContained.has(child))
      .flatMap((child) => child.node.findAll())
      .filter((construct) => TerraformElement.isTerraformElement(construct));
    for (const element of elements) {
      Tokenization.resolve(element.toTerraform(), { scope: this, resolver, preparing: true });
    }
  }
}

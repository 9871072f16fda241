import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { Construct } from "constructs";
import { addCustomSynthesis, TerraformStack } from "../cdk";

/** A file in the stack's folder, next to its text. Its content is known once everything is declared. */
export class StackFile extends Construct {
  /** From the stack's folder, where the engine runs. */
  public readonly path: string;

  constructor(scope: Construct, id: string, name: string, content: () => string) {
    super(scope, id);
    const stack = TerraformStack.of(this);
    this.path = posix.join("assets", stack.getLogicalId(this.node), name);
    addCustomSynthesis(this, {
      onSynthesize: ({ manifest, outdir }) => {
        const file = join(outdir, manifest.forStack(stack).workingDirectory, this.path);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, content());
      },
    });
  }
}

import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { Construct } from "constructs";
import { addCustomSynthesis, App, DefaultTokenResolver, StringConcat, type TerraformStack, Tokenization } from "../cdk";
import { invalid } from "../errors";
import { excessMode } from "../values/file-mode";

/** Where a backend that is a file keeps the state, from the stack's folder. */
interface BackendText {
  readonly terraform: { readonly backend?: { readonly local?: { readonly path?: string } } };
}

/**
 * Keeps what an engine writes of a stack whose state has private keys for its owner alone, as key files are: the stack's folder,
 * where saved plans go, and a state that is a file. A synth sees to that, before the engine writes.
 */
export class PrivateState extends Construct {
  /** @throws InvalidInputError at synth, where others may read one of these, and it is not the user's own to change */
  constructor(private readonly stack: TerraformStack) {
    super(stack, "private-state");
    addCustomSynthesis(this, {
      onSynthesize: ({ outdir, manifest }) => {
        // Windows has no such modes.
        if (process.platform !== "win32") {
          this.keep(outdir, join(outdir, manifest.forStack(stack).workingDirectory));
        }
      },
    });
  }

  private keep(outdir: string, folder: string): void {
    this.keepForOwner(folder, "0700");
    const path = this.localState;
    // What a test synthesizes to a folder of its own is deployed from nowhere.
    if (path === undefined || resolve(outdir) !== resolve(App.of(this).outdir)) {
      return;
    }
    const state = resolve(folder, path);
    for (const file of [state, `${state}.backup`]) {
      if (!existsSync(file)) {
        createEmpty(file);
      }
      if (existsSync(file)) {
        this.keepForOwner(file, "0600");
      }
    }
  }

  private get localState(): string | undefined {
    const text = this.stack.ensureBackendExists().toTerraform() as unknown;
    const resolver = new DefaultTokenResolver(new StringConcat());
    const { terraform } = Tokenization.resolve(text, { scope: this, resolver, preparing: false }) as BackendText;
    return terraform.backend?.local && (terraform.backend.local.path ?? "terraform.tfstate");
  }

  private keepForOwner(file: string, most: "0700" | "0600"): void {
    const stats = statSync(file);
    const mode = excessMode(stats, most);
    if (mode === undefined) {
      return;
    }
    try {
      chmodSync(file, stats.mode & 0o7777 & ~0o077);
    } catch {
      const shown = relative("", file);
      const reason = `has mode ${mode} and is for private keys, and cannot be changed by who synthesizes`;
      throw invalid(
        `the stack "${this.stack.node.path}"`,
        shown,
        reason,
        `run as its owner: chmod go= ${shown}`,
        "occupied",
      );
    }
  }
}

/** An engine writes into a file that is there, and keeps its mode; an empty one is no state to it. */
function createEmpty(file: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    closeSync(openSync(file, "a", 0o600));
  } catch {
    // Where none can be, the engine will say so.
  }
}

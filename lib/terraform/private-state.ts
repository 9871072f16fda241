import { chmodSync, closeSync, existsSync, lstatSync, mkdirSync, openSync, realpathSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { Construct } from "constructs";
import { addCustomSynthesis, App, DefaultTokenResolver, StringConcat, type TerraformStack, Tokenization } from "../cdk";
import { invalid, type InvalidInputError } from "../errors";
import { excessMode } from "../values/files/file-mode";
import { shellWord } from "../values/shell-word";

/** A local backend: the path of its state, from the stack's folder. */
interface BackendText {
  readonly terraform: { readonly backend?: { readonly local?: { readonly path?: string } } };
}

/**
 * Lets only the owner read the files of a stack whose state has private keys: the stack's folder, which holds saved plans, and a
 * state that is a file. It sets the modes at synth, before the engine writes.
 */
export class PrivateState extends Construct {
  /** @throws InvalidInputError at synth, if others may read one of these files and this user cannot change its mode, or if another user made the state */
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
    // A test that synthesizes to another folder does not deploy from it.
    if (path === undefined || resolve(outdir) !== resolve(App.of(this).outdir)) {
      return;
    }
    const state = resolve(folder, path);
    for (const file of [state, `${state}.backup`]) {
      this.refusePlanted(file, file);
      if (!existsSync(file)) {
        createEmpty(file);
      }
      // A device or a pipe stores nothing.
      if (existsSync(file) && statSync(file).isFile()) {
        this.refusePlanted(file, realpathSync(file));
        this.keepForOwner(file, "0600");
      }
    }
  }

  /** If others can create files there, an engine would write keys to their file, or follow their link. */
  private refusePlanted(file: string, present: string): void {
    if (isPlanted(present)) {
      const reason =
        "was created by another user in a folder that is not that user's, and would hold a state with private keys";
      throw this.refusal(file, reason, "remove it, or keep the state in your own folder");
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
      const reason = `has mode ${mode}, is for private keys, and this user cannot change it`;
      throw this.refusal(file, reason, `run as its owner: chmod go= ${shellWord(relative("", file))}`);
    }
  }

  private refusal(file: string, reason: string, fix: string): InvalidInputError {
    return invalid(`the stack "${this.stack.node.path}"`, relative("", file), reason, fix, "occupied");
  }
}

/** Whether the owner is neither this user, nor root, nor the folder's owner, who could replace the file anyway. */
function isPlanted(file: string): boolean {
  try {
    return ![process.geteuid?.(), 0, statSync(dirname(file)).uid].includes(lstatSync(file).uid);
  } catch {
    return false; // The file does not exist, and cannot.
  }
}

/** Creates an empty file. An engine keeps the mode of an existing file, and treats an empty one as no state. */
function createEmpty(file: string): void {
  try {
    makeFolder(dirname(file));
    closeSync(openSync(file, "a", 0o600));
  } catch {
    // If it cannot be created, the engine reports it.
  }
}

/** Creates folders one by one: `recursive` never ends if a folder cannot be created although its parent exists, as below /proc. */
function makeFolder(folder: string): void {
  if (!existsSync(folder)) {
    makeFolder(dirname(folder));
    mkdirSync(folder);
  }
}

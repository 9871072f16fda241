import { chmodSync, closeSync, openSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Custody } from "../../lib/values/custody";

/** Where the app synthesizes to. */
export const OUTDIR = process.env["CDKTF_OUTDIR"] ?? "cdktf.out";

interface Manifest {
  readonly stacks: Readonly<Record<string, ManifestStack>>;
}

interface ManifestStack {
  readonly name: string;
  readonly workingDirectory: string;
  readonly annotations: readonly Annotation[];
}

/** What the app remarks on a construct. */
interface Annotation {
  readonly constructPath: string;
  readonly level: string;
  readonly message: string;
}

interface Text {
  readonly resource?: Readonly<Record<string, unknown>>;
  readonly terraform: {
    readonly backend?: { readonly local?: { readonly path: string } };
    readonly encryption?: unknown;
    readonly required_providers?: Readonly<Record<string, unknown>>;
    readonly required_version?: string;
  };
}

/** A stack, as it was synthesized. */
export class SynthesizedStack {
  /** Where the engine works on it. */
  public readonly folder: string;
  public readonly name: string;
  public readonly annotations: readonly Annotation[];
  private readonly text: Text;

  private constructor(stack: ManifestStack) {
    this.folder = join(OUTDIR, stack.workingDirectory);
    this.name = stack.name;
    this.annotations = stack.annotations;
    this.text = JSON.parse(readFileSync(join(this.folder, "cdk.tf.json"), "utf8")) as Text;
  }

  /** Those of the last synth. */
  public static all(): readonly SynthesizedStack[] {
    const manifest = JSON.parse(readFileSync(join(OUTDIR, "manifest.json"), "utf8")) as Manifest;
    return Object.values(manifest.stacks).map((stack) => new SynthesizedStack(stack));
  }

  /** Which versions of an engine take it, in Terraform's words: `>= 1.5`. */
  public get requiredVersion(): string | undefined {
    return this.text.terraform.required_version;
  }

  public get needsProviders(): boolean {
    return Object.keys(this.text.terraform.required_providers ?? {}).length > 0;
  }

  /** The custody that its keys have; undefined where it has none. */
  public get custody(): Custody | undefined {
    const { resource = {} } = this.text;
    if (Object.keys(resource).some((type) => type.startsWith("tls_"))) {
      return "state";
    }
    return "terraform_data" in resource ? "machine" : undefined;
  }

  /** The file of its state, where that is a file which can be read without the engine. */
  public get stateFile(): string | undefined {
    const { backend, encryption } = this.text.terraform;
    const path = backend?.local?.path;
    return path === undefined || encryption !== undefined ? undefined : resolve(this.folder, path);
  }

  /** State and plan hold private keys: they are to be for the eyes of the one who deploys, as the key files are. */
  public guardKeys(): void {
    chmodSync(this.folder, 0o700);
    const path = this.text.terraform.backend?.local?.path;
    for (const file of path === undefined ? [] : [resolve(this.folder, path), resolve(this.folder, `${path}.backup`)]) {
      // The engine writes into a file that is there, and keeps its mode. An empty one is no state.
      closeSync(openSync(file, "a", 0o600));
      chmodSync(file, 0o600);
    }
  }
}

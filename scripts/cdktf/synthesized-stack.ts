import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Custody } from "../../lib/values/custody";
import { readJson } from "./read-json";

/** The directory that the app synthesizes to. */
export const OUTDIR = process.env["CDKTF_OUTDIR"] ?? "cdktf.out";

interface Manifest {
  readonly stacks: Readonly<Record<string, ManifestStack>>;
}

interface ManifestStack {
  readonly name: string;
  readonly workingDirectory: string;
  readonly annotations: readonly Annotation[];
}

/** A remark of the app on a construct. */
interface Annotation {
  readonly constructPath: string;
  readonly level: string;
  readonly message: string;
}

interface Text {
  readonly resource?: Readonly<Record<string, Readonly<Record<string, { readonly filename?: string }>>>>;
  readonly terraform: {
    readonly backend?: { readonly local?: { readonly path: string }; readonly remote?: unknown };
    readonly cloud?: unknown;
    readonly encryption?: unknown;
    readonly required_providers?: Readonly<Record<string, unknown>>;
    readonly required_version?: string;
  };
}

/** A stack, as it was synthesized. */
export class SynthesizedStack {
  /** The folder where the engine runs. */
  public readonly folder: string;
  public readonly name: string;
  public readonly annotations: readonly Annotation[];
  private readonly text: Text;

  private constructor(stack: ManifestStack) {
    this.folder = join(OUTDIR, stack.workingDirectory);
    this.name = stack.name;
    this.annotations = stack.annotations;
    this.text = readJson(join(this.folder, "cdk.tf.json")) as Text;
  }

  /** The stacks of the last synth. */
  public static all(): readonly SynthesizedStack[] {
    const manifest = readJson(join(OUTDIR, "manifest.json")) as Manifest;
    return Object.values(manifest.stacks).map((stack) => new SynthesizedStack(stack));
  }

  /** The oldest engine that the stack allows, if its constraint says only that. The engine itself checks other constraints. */
  public get oldestEngine(): string | undefined {
    return /^>= ([\d.]+)$/.exec(this.text.terraform.required_version ?? "")?.[1];
  }

  /** Whether the engine applies it on another machine: then the lock file needs that machine's checksums too. */
  public get isAppliedElsewhere(): boolean {
    const { backend, cloud } = this.text.terraform;
    return cloud !== undefined || backend?.remote !== undefined;
  }

  public get needsProviders(): boolean {
    return Object.keys(this.text.terraform.required_providers ?? {}).length > 0;
  }

  /** The custody of its keys; undefined if it has no keys. */
  public get custody(): Custody | undefined {
    const { resource = {} } = this.text;
    if (Object.keys(resource).some((type) => type.startsWith("tls_"))) {
      return "state";
    }
    return "terraform_data" in resource ? "machine" : undefined;
  }

  /**
   * Whether its directory has an authority of custody "machine", which stays if the brokers are destroyed or the state is lost.
   */
  public get hasAuthorityOfMachine(): boolean {
    const files = Object.values(this.text.resource?.["local_file"] ?? {}).flatMap(({ filename }) => filename ?? []);
    const directories = files.filter((file) => file.endsWith("/ca.pem")).map(dirname);
    return directories.some((directory) => existsSync(resolve(this.folder, directory, "authorities.records")));
  }

  /** The file of its state, if it can be read without the engine. */
  public get stateFile(): string | undefined {
    return this.text.terraform.encryption === undefined && this.workspace === "default" ? this.localState : undefined;
  }

  private get localState(): string | undefined {
    const path = this.text.terraform.backend?.local?.path;
    return path === undefined ? undefined : resolve(this.folder, path);
  }

  /** The engine's workspace: any other than the default one has its state in another place. */
  private get workspace(): string {
    const chosen = join(this.folder, ".terraform/environment");
    const { TF_WORKSPACE: asked = "", TF_DATA_DIR: data } = process.env;
    if (asked !== "" || data !== undefined) {
      return asked;
    }
    return existsSync(chosen) ? readFileSync(chosen, "utf8").trim() : "default";
  }
}

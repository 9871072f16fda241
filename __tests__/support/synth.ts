import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "cdktf";
import { InvalidInputError, type Problem } from "../../lib";

/** A synthesized resource, by its attributes. */
export type Block = Readonly<Record<string, unknown>>;

/** A synthesized stack: its text, and its content. */
export class Synthesized {
  constructor(
    public readonly text: string,
    /** The text of each of its asset files, by its path below the stack's folder. */
    public readonly assets: Readonly<Record<string, string>> = {},
  ) {}

  public get json(): {
    readonly resource?: Readonly<Record<string, Readonly<Record<string, Block>>>>;
    readonly data?: Readonly<Record<string, Readonly<Record<string, Block>>>>;
    readonly locals?: Readonly<Record<string, unknown>>;
    readonly output?: Readonly<Record<string, Block>>;
    readonly terraform: {
      readonly backend: unknown;
      readonly encryption?: unknown;
      readonly required_providers: unknown;
      readonly required_version?: string;
    };
    readonly provider?: Readonly<Record<string, readonly Block[]>>;
    readonly variable?: Readonly<Record<string, Block>>;
  } {
    return JSON.parse(this.text) as Synthesized["json"];
  }

  /** Every resource, by its address: `tls_private_key.authority`. */
  public get resources(): Readonly<Record<string, Block>> {
    return byAddress(this.json.resource);
  }

  /** Every data source, by its address without `data.`: `local_command.authority`. */
  public get dataSources(): Readonly<Record<string, Block>> {
    return byAddress(this.json.data);
  }

  /** All texts: of the stack and of its assets. */
  public get wholeText(): string {
    return [this.text, ...Object.entries(this.assets).flat()].join("\n");
  }
}

function byAddress(byType: Readonly<Record<string, Readonly<Record<string, Block>>>> = {}): Record<string, Block> {
  return Object.fromEntries(
    Object.entries(byType).flatMap(([type, named]) =>
      Object.entries(named).map(([name, block]) => [`${type}.${name}`, block]),
    ),
  );
}

/** Runs `body` in a new, empty working directory, as if cdktf were run there. */
export function inNewDirectory<T>(body: (directory: string) => T): T {
  const before = process.cwd();
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "synth-")));
  process.chdir(directory);
  try {
    return body(directory);
  } finally {
    process.chdir(before);
    rmSync(directory, { recursive: true });
  }
}

/** Synthesizes an app in the working directory, as `cdktf synth` does, and returns its stacks by name. */
export function synthesize(declare: (app: App) => void): Record<string, Synthesized> {
  const app = new App();
  declare(app);
  app.synth();
  const names = Object.keys(app.manifest.stacks);
  return Object.fromEntries(names.map((name) => [name, read(`${app.outdir}/stacks/${name}`)]));
}

function read(folder: string): Synthesized {
  const { "cdk.tf.json": text = "", ...assets } = textsIn(folder);
  return new Synthesized(text, assets);
}

/** The text of each file below a folder, by its relative path. */
export function textsIn(folder: string): Record<string, string> {
  const files = readdirSync(folder, { encoding: "utf8", recursive: true })
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort();
  return Object.fromEntries(files.map((path) => [path, readFileSync(join(folder, path), "utf8")]));
}

/** The error that `declare` throws, which must be an error about its input. */
export function refusal(declare: (app: App) => void): InvalidInputError {
  try {
    declare(new App());
  } catch (error) {
    if (error instanceof InvalidInputError) {
      return error;
    }
    throw error;
  }
  throw new Error("Nothing was refused.");
}

/** The problems of a refusal, each as `path: reason`. */
export function reasons(error: { readonly problems: readonly Problem[] }): string[] {
  return error.problems.map((problem) => `${problem.path}: ${problem.reason}`);
}

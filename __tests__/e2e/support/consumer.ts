import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { textsIn } from "../../support/synth";
import type { Engine } from "./machine";
import { run, type Result, succeed } from "./run";

const { devDependencies } = JSON.parse(readFileSync(join(__dirname, "../../../package.json"), "utf8")) as {
  devDependencies: Record<string, string>;
};

/** The differences between projects of the two CDKs. */
export interface Cdk {
  readonly name: string;
  /** The packages of the CDK, with their versions. */
  readonly packages: readonly string[];
  /** The module name under which a declaration imports this package. */
  readonly entry: string;
  /** The program of the CDK's command, with leading parameters. */
  readonly command: (tools: string) => readonly [program: string, ...parameters: string[]];
  /** The packages of the command, if this repository does not have it. */
  readonly tools: readonly string[];
}

/** The command of CDK Terrain needs this Node or a newer one. Npm has it. */
const NODE = { oldest: 22, name: `node-${process.platform}-${process.arch}`, version: "22.23.5" };

const isOld = Number(process.versions.node.split(".")[0]) < NODE.oldest;

export const CDKS: readonly Cdk[] = [
  {
    name: "cdktf",
    packages: pinned("cdktf", "constructs", "@cdktf/provider-tls", "@cdktf/provider-local"),
    entry: "cdktf-mqtt-pki",
    command: () => [process.execPath, join(dirname(require.resolve("cdktf-cli/package.json")), "bundle/bin/cdktf")],
    tools: [],
  },
  {
    name: "cdktn",
    packages: ["cdktn@0.24.0", ...pinned("constructs")],
    entry: "cdktf-mqtt-pki/cdktn",
    command: (tools) => [
      isOld ? join(tools, "node_modules", NODE.name, "bin/node") : process.execPath,
      join(tools, "node_modules/cdktn-cli/bin/cdktn"),
    ],
    tools: ["cdktn-cli@0.24.0", ...(isOld ? [`${NODE.name}@${NODE.version}`] : [])],
  },
];

/** Packages as this repository has them. */
function pinned(...names: string[]): string[] {
  return names.map((name) => `${name}@${devDependencies[name]}`);
}

/** The versions of CDK Terrain's template for a new project. */
const FLAGS = { failOnConstructsOutsideOfStacks: "true", canonicalAssetHashes: "true" };

/** A project with this package and those of a CDK. */
export class Consumer {
  public readonly folder = mkdtempSync(join(tmpdir(), "consumer-"));
  private readonly tools = mkdtempSync(join(tmpdir(), "tools-"));
  /** The source of main.js. It is kept because compiling takes seconds. */
  private compiled: string | undefined;

  constructor(private readonly cdk: Cdk) {}

  /** @param tarball this package */
  public async install(tarball: string): Promise<void> {
    const { packages, tools } = this.cdk;
    this.write("package.json", JSON.stringify({ name: "consumer", private: true }));
    this.write("cdktf.json", JSON.stringify({ language: "typescript", app: "node main.js", context: FLAGS }));
    const own = [...packages, ...pinned("typescript", "@types/node")];
    const install = (folder: string, names: readonly string[]) =>
      succeed("npm", ["install", "--no-audit", "--prefix", folder, ...names], { cwd: folder });
    await Promise.all([
      install(this.folder, [tarball, ...own]),
      ...(tools.length > 0 ? [install(this.tools, tools)] : []),
    ]);
  }

  /** @param body the code between the imports and `app.synth()` */
  public declare(body: string): void {
    const { name, entry } = this.cdk;
    this.write(
      "main.ts",
      `import { App, TerraformOutput, TerraformStack } from "${name}";
       import { BrokerPki, Duration, InvalidInputError, KeyAlgorithm } from "${entry}";
       const app = new App();
       ${body}
       app.synth();`,
    );
  }

  /** Uses an app of examples/ unchanged. */
  public takeExample(name: string): void {
    this.write("main.ts", readFileSync(join(__dirname, "../../../examples", name, "main.ts"), "utf8"));
  }

  /** Compiles the project in strict mode, with the types of packages. */
  public async compile(module: "Node16" | "CommonJS" = "Node16"): Promise<void> {
    const source = `${module} ${readFileSync(join(this.folder, "main.ts"), "utf8")}`;
    if (source === this.compiled) {
      return;
    }
    const resolution = module === "CommonJS" ? "node10" : module;
    const options = ["--strict", "--module", module, "--moduleResolution", resolution, "--target", "es2022"];
    const ignored = module === "CommonJS" ? ["--ignoreDeprecations", "6.0"] : [];
    await succeed("npx", ["tsc", ...options, ...ignored, "--types", "node", "main.ts"], { cwd: this.folder });
    this.compiled = source;
  }

  /** Runs the app without the CDK's command. */
  public run(): Promise<Result> {
    rmSync(join(this.folder, "cdktf.out"), { recursive: true, force: true });
    const context = { CDKTF_CONTEXT_JSON: JSON.stringify(FLAGS) };
    return run(process.execPath, ["main.js"], { cwd: this.folder, env: context });
  }

  /** The synthesized text by file, without versions, comments and the project's path. */
  public synthesized(): Record<string, unknown> {
    const withoutRemarks = (key: string, value: unknown): unknown =>
      ["//", "version"].includes(key) ? undefined : value;
    const read = (path: string, text: string): unknown =>
      path.endsWith(".json") ? JSON.parse(text.replaceAll(this.folder, "."), withoutRemarks) : text;
    const texts = Object.entries(textsIn(join(this.folder, "cdktf.out")));
    return Object.fromEntries(texts.map(([path, text]) => [path, read(path, text)]));
  }

  /** Runs the CDK's command. */
  public command(engine: Engine, ...parameters: string[]): Promise<Result> {
    const [program, ...first] = this.cdk.command(this.tools);
    return run(program, [...first, ...parameters], {
      cwd: this.folder,
      env: { TERRAFORM_BINARY_NAME: engine.program, TF_CLI_CONFIG_FILE: undefined },
    });
  }

  /** Installs the provider bindings of cdktf under the names of the other CDK. Only the names differ. */
  public giveBindings(): void {
    for (const provider of ["provider-tls", "provider-local"]) {
      const from = dirname(require.resolve(`@cdktf/${provider}/package.json`));
      const to = join(this.folder, "node_modules/@cdktn", provider);
      cpSync(from, to, { recursive: true });
      for (const [path, text] of Object.entries(textsIn(to))) {
        if (/\.(js|d\.ts)$/.test(path)) {
          writeFileSync(join(to, path), text.replaceAll(/(['"])cdktf\1/g, "$1cdktn$1"));
        }
      }
    }
  }

  public remove(): void {
    rmSync(this.folder, { recursive: true });
    rmSync(this.tools, { recursive: true });
  }

  private write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }
}

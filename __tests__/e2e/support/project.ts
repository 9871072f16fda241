import { createPrivateKey, X509Certificate } from "node:crypto";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Engine } from "./machine";
import { locate, outputOf, run, runWithUmask, succeed, type Result } from "./run";

const REPOSITORY = join(__dirname, "../../..");

/** The number of apps that this process has run. */
let runs = 0;

/** The folder of the copy that `keep` makes. */
const KEPT = ".kept";

/** The PATH folder of an engine with custody machine: node and the engine, without openssl and a shell. */
const PROGRAMS = ".bin";

/** The temporary files of a stopped or running deployment. */
const UNFINISHED = /\.(new|journal|tmp)$|(^|\/)\.lock-[^/]*$/;

/** The facts of a file that a deployment must not change if it leaves the file alone. */
export interface FileFacts {
  readonly mode: string;
  readonly modified: number;
  readonly content: string;
}

/** A cdktf project in a temporary folder, like a user's: a main.ts that imports the library. */
export class Project {
  /** Values of Terraform variables by name, in the environment of the engine and cdktf. */
  public variables: Readonly<Record<string, string | undefined>> = {};

  /** The stack that the engine works on. */
  public stack = "mqtt";

  private folder: string | undefined;

  /**
   * @param options `withoutProviders`: the engine has no registry and no mirror of providers, and no program but node;
   *   `folder`: the start of the folder's name
   */
  constructor(
    private readonly engine: Engine,
    private readonly options: { readonly withoutProviders?: boolean; readonly folder?: string } = {},
  ) {}

  /** A path in the project. The first call makes the folder, so skipped tests leave none. */
  public path(...parts: string[]): string {
    this.folder ??= this.create();
    return join(this.folder, ...parts);
  }

  public read(...parts: string[]): string {
    return readFileSync(this.path(...parts), "utf8");
  }

  /** Writes main.ts with `body` between the imports and `app.synth()`. */
  public declare(body: string): void {
    writeFileSync(
      this.path("main.ts"),
      `import { App, HttpBackend, LocalBackend, TerraformStack } from "cdktf";
       import { Construct } from "constructs";
       import { Address, BrokerPki, CertificateAuthority, Duration, KeyAlgorithm, PemDirectory, ServerCertificate } from ${JSON.stringify(join(REPOSITORY, "lib"))};
       const app = new App();
       ${body}
       app.synth();\n`,
    );
  }

  /** Declares one fleet, `mqtt`, of brokers with ECDSA keys. Each is an address or the text of its props. */
  public declareFleet(brokers: readonly string[], options = "", ofAuthority = ""): void {
    this.declare(`new BrokerPki(app, "mqtt", {
      authority: { subject: { commonName: "Test CA" }, keyAlgorithm: KeyAlgorithm.ECDSA_P256, ${ofAuthority} },
      keyAlgorithm: KeyAlgorithm.ECDSA_P256,
      brokers: [${brokers.map((broker) => (broker.startsWith("{") ? broker : `{ address: ${JSON.stringify(broker)} }`)).join(", ")}],
      ${options}
    });`);
  }

  /** Runs a cdktf command, with an optional umask. */
  public cdktf(parameters: readonly string[], umask = "022"): Promise<Result> {
    const program = join(dirname(require.resolve("cdktf-cli/package.json")), "bundle/bin/cdktf");
    return runWithUmask(umask, process.execPath, [program, ...parameters], {
      cwd: this.path(),
      env: { TERRAFORM_BINARY_NAME: this.engine.program, ...this.engineEnv },
    });
  }

  public async deploy(umask?: string): Promise<string> {
    return outputOf("cdktf deploy", await this.cdktf(["deploy", "*", "--auto-approve"], umask));
  }

  public async destroy(): Promise<string> {
    return outputOf("cdktf destroy", await this.cdktf(["destroy", "*", "--auto-approve"]));
  }

  /** Synthesizes without cdktf's command, and initializes the engine. This is much faster. */
  public async synth(): Promise<void> {
    this.runMain();
    await succeed(this.engine.program, ["init", "-input=false", "-no-color"], {
      cwd: this.stackFolder,
      env: this.engineEnv,
    });
  }

  /** Applies a synthesized stack with the engine. */
  public async apply(...options: string[]): Promise<string> {
    return outputOf("apply", await this.tryApply(...options));
  }

  /** Runs an apply that may fail. */
  public tryApply(...options: string[]): Promise<Result> {
    return this.run("apply", "-input=false", "-no-color", "-auto-approve", ...options);
  }

  /**
   * The changes of a plan as a reviewer reads them: the action by resource. With custody machine, by parts of resources:
   * `brokers/mqtt-1.example.com`, `1` (a generation), `trust` and `removed`; for commands that the apply runs,
   * `reload brokers/mqtt-1.example.com`.
   */
  public async planned(...options: string[]): Promise<Record<string, string>> {
    const { status, stdout, stderr } = await this.plan(...options);
    if (status === 1) {
      throw new Error(`plan failed:\n${stderr}`);
    }
    const blocks = stdout.split(/^ {2}# (?=\S+ (?:is tainted, so (?:it )?)?(?:will|must) be )/m).slice(1);
    return Object.assign({}, ...blocks.map(actionsIn)) as Record<string, string>;
  }

  /** Plans a deployed stack. The status is 0 for an empty plan, and 2 for changes. */
  public plan(...options: string[]): Promise<Result> {
    return this.run("plan", "-input=false", "-no-color", "-detailed-exitcode", ...options);
  }

  /** Runs the engine on a deployed stack. */
  public run(...parameters: string[]): Promise<Result> {
    return run(this.engine.program, parameters, { cwd: this.stackFolder, env: this.engineEnv });
  }

  /** The attributes of every resource in the state, by its address. */
  public state(): Record<string, unknown> {
    const { resources } = JSON.parse(this.read(`terraform.${this.stack}.tfstate`)) as {
      resources: { type: string; name: string; instances: { attributes: unknown }[] }[];
    };
    return Object.fromEntries(
      resources.map(({ type, name, instances }) => [`${type}.${name}`, instances[0]?.attributes]),
    );
  }

  /** The stack's outputs, sensitive ones included. */
  public async outputs(): Promise<Record<string, { sensitive: boolean; value: unknown }>> {
    const text = await succeed(this.engine.program, ["output", "-json"], { cwd: this.stackFolder });
    return JSON.parse(text) as Record<string, { sensitive: boolean; value: unknown }>;
  }

  /** Every file below a folder of the project, by its path there. */
  public files(folder: string): Record<string, FileFacts> {
    const found: Record<string, FileFacts> = {};
    for (const entry of readdirSync(this.path(folder), { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) {
        const path = join(entry.parentPath, entry.name);
        const { mode, mtimeMs } = statSync(path);
        found[path.slice(this.path(folder).length + 1)] = {
          mode: (mode & 0o777).toString(8),
          modified: mtimeMs,
          content: readFileSync(path, "utf8"),
        };
      }
    }
    return found;
  }

  /**
   * The faults of the PEM files; empty if each is in its place, and each certificate fits its key and authority.
   *
   * @param passwords the passwords of keys by file
   */
  public flaws(passwords: Readonly<Record<string, string>> = {}, directory = "pki"): string[] {
    const files = this.files(directory);
    const isFlawed = (path: string): boolean => {
      try {
        const keyFile = path.replace(/\w+$/, "key");
        const [key = "", pem = ""] = [keyFile, path.replace(/\w+$/, "pem")].map((file) => files[file]?.content);
        const certificate = new X509Certificate(pem);
        const authority = new X509Certificate(files["ca.pem"]?.content ?? "");
        const privateKey = createPrivateKey({ key, passphrase: passwords[keyFile] });
        return !certificate.checkPrivateKey(privateKey) || !certificate.verify(authority.publicKey);
      } catch {
        return true;
      }
    };
    const isPem = (path: string): boolean => /\.(key|pem)$/.test(path);
    return Object.keys(files).filter((path) => UNFINISHED.test(path) || (isPem(path) && isFlawed(path)));
  }

  /** Copies the project for `restore`. */
  public keep(): void {
    this.copy(this.path(), this.path(KEPT));
  }

  /** Restores exactly what `keep` copied. */
  public restore(): void {
    for (const name of this.content()) {
      rmSync(this.path(name), { recursive: true });
    }
    this.copy(this.path(KEPT), this.path());
  }

  public remove(): void {
    rmSync(this.path(), { recursive: true });
  }

  /** Environment variables of the engine and cdktf, in addition to those of the tests. */
  public get engineEnv(): NodeJS.ProcessEnv {
    return { ...this.env, ...(this.options.withoutProviders === true && { PATH: this.path(PROGRAMS) }) };
  }

  /** The same for a shell, which needs more programs. */
  public get env(): NodeJS.ProcessEnv {
    // A file that configures only a mirror without providers, and no other outside settings.
    return {
      ...(this.options.withoutProviders === true && {
        TF_CLI_CONFIG_FILE: this.path("no-providers.tfrc"),
        TF_CLI_ARGS_providers_lock: undefined,
      }),
      ...Object.fromEntries(Object.entries(this.variables).map(([name, value]) => [`TF_VAR_${name}`, value])),
    };
  }

  public get stackFolder(): string {
    return this.path("cdktf.out/stacks", this.stack);
  }

  /** Runs main.ts in this process, which has loaded cdktf already. Each run needs a new name, since a module runs once. */
  private runMain(): void {
    const copy = this.path(`main-${++runs}.ts`);
    const before = process.cwd();
    cpSync(this.path("main.ts"), copy);
    process.chdir(this.path());
    try {
      createRequire(copy)(copy);
    } finally {
      process.chdir(before);
      rmSync(copy);
    }
  }

  private copy(from: string, to: string): void {
    for (const name of this.content(from)) {
      cpSync(join(from, name), join(to, name), { recursive: true, preserveTimestamps: true });
    }
  }

  private content(folder = this.path()): string[] {
    return readdirSync(folder).filter((name) => !["node_modules", KEPT, PROGRAMS].includes(name));
  }

  private create(): string {
    const folder = mkdtempSync(join(tmpdir(), this.options.folder ?? "fleet-"));
    symlinkSync(join(REPOSITORY, "node_modules"), join(folder, "node_modules"));
    mkdirSync(join(folder, PROGRAMS));
    symlinkSync(process.execPath, join(folder, PROGRAMS, "node"));
    symlinkSync(locate(this.engine.program), join(folder, PROGRAMS, this.engine.program));
    const app = "node --import tsx main.ts";
    const settings = { language: "typescript", app, sendCrashReports: "false" };
    writeFileSync(join(folder, "cdktf.json"), JSON.stringify(settings));
    writeFileSync(
      join(folder, "no-providers.tfrc"),
      'provider_installation {\n  filesystem_mirror {\n    path = "/nonexistent"\n  }\n}\n',
    );
    return folder;
  }
}

/** The action of a resource or of a part of it, from its block in a plan. */
function actionsIn(block: string): Record<string, string> {
  const [, address = "", action = ""] = /^(\S+) .*?(?:will|must) be (.*)/.exec(block) ?? [];
  const found: Record<string, string> = {};
  let entry = "";
  for (const line of action === "destroyed" ? [] : block.split("\n")) {
    const [, sign, name, rest = ""] = /^ +([-+~]) "?([^"= ]+)"? += (.*)/.exec(line) ?? [];
    const [, words] = /"[\dTZ:-]+ ([^"]+)"$/.exec(rest) ?? [];
    if (rest === "{" && name !== undefined) {
      entry = `${address.endsWith(".reloads") ? "reload " : ""}${name}`;
    }
    if (rest === "{" && sign === "-") {
      found[entry] = "destroyed";
    } else if (sign !== "-" && words !== undefined && (name === "token" || name === "removed")) {
      found[name === "token" ? entry : name] = words;
    }
  }
  return Object.keys(found).length === 0 ? { [address]: action } : found;
}

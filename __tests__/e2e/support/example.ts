import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Custody } from "./custodies";
import type { Engine } from "./machine";
import { Project } from "./project";
import { outputOf, run, succeed } from "./run";

const REPOSITORY = join(__dirname, "../../..");

/** The packages that the apps import, by their names in a user's project. */
const PATHS = {
  "cdktf-mqtt-pki": [join(REPOSITORY, "lib/index.ts")],
  "cdktf-mqtt-pki/cdktn": [join(REPOSITORY, "lib/index.ts")],
  cdktn: [join(REPOSITORY, "node_modules/cdktf")],
};

/** A copy of a folder of examples/, in a project that has this repository as its package. */
export class Example {
  public readonly project: Project;

  /** @param custody the custody of a fleet that declares none */
  constructor(
    private readonly name: string,
    engine: Engine,
    private readonly custody: Custody,
  ) {
    this.project = new Project(engine, { withoutProviders: custody === "machine" });
  }

  /** Copies the app into the project. */
  public copy(): void {
    const { project } = this;
    cpSync(join(REPOSITORY, "examples", this.name), project.path(), { recursive: true });
    writeFileSync(project.path("tsconfig.json"), JSON.stringify({ compilerOptions: { paths: PATHS } }));
  }

  /** Changes a text in the app's main.ts, which must have it. */
  public replace(from: string, to: string): void {
    const text = this.project.read("main.ts");
    if (!text.includes(from)) {
      throw new Error(`examples/${this.name}/main.ts has no ${from}`);
    }
    writeFileSync(this.project.path("main.ts"), text.replace(from, to));
  }

  /** Runs commands of the README in the app's folder. */
  public async follow(commands: string): Promise<void> {
    await succeed("sh", ["-ec", commands], { cwd: this.project.path() });
  }

  /**
   * Runs the app as its cdktf.json does.
   *
   * @returns the names of its stacks, the authority's first
   */
  public async synthesize(env: Readonly<Record<string, string>> = {}): Promise<string[]> {
    const context = { "cdktf-mqtt-pki:custody": this.custody };
    const ended = await run(process.execPath, ["--import", "tsx", "main.ts"], {
      cwd: this.project.path(),
      env: { CDKTF_CONTEXT_JSON: JSON.stringify(context), ...env },
    });
    outputOf(`examples/${this.name}/main.ts`, ended);
    return readdirSync(this.project.path("cdktf.out/stacks")).sort();
  }

  /** Runs the app, and applies its stacks with the engine itself. */
  public async deploy(env: Readonly<Record<string, string>> = {}): Promise<void> {
    for (const stack of await this.synthesize(env)) {
      this.project.stack = stack;
      outputOf("init", await this.project.run("init", "-input=false", "-no-color"));
      await this.project.apply();
    }
  }

  /**
   * The brokers whose certificate OpenSSL accepts, for the name or IP address that clients dial.
   *
   * @param ca the file of the certificates that the client trusts
   */
  public async accepted(ca = "pki/ca.pem"): Promise<string[]> {
    const found: string[] = [];
    for (const folder of readdirSync(this.project.path("pki/brokers")).sort()) {
      const isIp = /^[\d.]+$|^[\da-f-]+$/.test(folder);
      const name = isIp ? ["-verify_ip", folder.replaceAll("-", ":")] : ["-verify_hostname", folder];
      const file = `pki/brokers/${folder}/server.pem`;
      const options = ["verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", ca, ...name];
      const { status } = await run("openssl", [...options, file], { cwd: this.project.path() });
      found.push(...(status === 0 ? [folder] : []));
    }
    return found;
  }

  /** The content of a file of the project. */
  public read(path: string): string {
    return readFileSync(this.project.path(path), "utf8");
  }
}

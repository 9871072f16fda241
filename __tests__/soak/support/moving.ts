import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Custody, trySynth, wordsOf } from "../../e2e/support/custodies";
import type { Engine } from "../../e2e/support/machine";
import { type FileFacts, Project } from "../../e2e/support/project";
import { allOf, run, type Result } from "../../e2e/support/run";

export const BROKER = "mqtt-1.plant.example.com";
export const NAME = "broker_mqtt-1_plant_example_com";
export const KEY = `tls_private_key.${NAME}`;

/** The resource types of a broker other than its key. */
const BESIDE_KEY = ["local_file", "local_sensitive_file", "tls_cert_request", "tls_locally_signed_cert"];

/** A project in which a test follows the page, with stacks of its choice. */
export class Place {
  public readonly project: Project;

  constructor(
    private readonly engine: Engine,
    private readonly custody: Custody,
  ) {
    this.project = new Project(engine, { withoutProviders: custody === "machine" });
  }

  /** Declares and synthesizes, and initializes stacks that are not initialized yet. */
  public async declare(body: string, ...stacks: readonly string[]): Promise<void> {
    this.project.declare(body);
    expect(await trySynth(this.project)).toMatchObject({ status: 0 });
    for (const stack of stacks) {
      this.project.stack = stack;
      if (!existsSync(join(this.project.stackFolder, ".terraform"))) {
        expect(await this.project.run("init", "-input=false", "-no-color")).toMatchObject({ status: 0 });
      }
    }
  }

  public async apply(...stacks: readonly string[]): Promise<void> {
    for (const stack of stacks) {
      this.project.stack = stack;
      await this.project.apply();
    }
  }

  public planned(stack: string): Promise<Record<string, string>> {
    this.project.stack = stack;
    return this.project.planned();
  }

  /** The output of a plan, with its error if it stops. */
  public async plan(stack: string): Promise<string> {
    this.project.stack = stack;
    return wordsOf(allOf(await this.project.plan()));
  }

  /** Runs commands of the page, with the engine instead of Terraform. */
  public follow(commands: string | undefined): Promise<Result> {
    const script = `terraform() { command "$ENGINE" "$@"; }\n${commands ?? "false"}`;
    return run("sh", ["-euc", script], {
      cwd: this.project.path(),
      env: { ...this.project.env, ENGINE: this.engine.program },
    });
  }

  /** The text of a fleet with this id and authority name. */
  public fleet(id: string, authority: string, brokers: readonly string[], options = ""): string {
    const addresses = brokers.map((address) => `{ address: ${JSON.stringify(address)} }`).join(", ");
    return `new BrokerPki(app, "${id}", {
      custody: "${this.custody}",
      authority: { subject: { commonName: "${authority}" }, keyAlgorithm: KeyAlgorithm.ECDSA_P256 },
      keyAlgorithm: KeyAlgorithm.ECDSA_P256,
      brokers: [${addresses}],
      ${options}
    });`;
  }

  /** The files of fleets whose directories are named after their ids. */
  public pems(...ids: readonly string[]): Record<string, FileFacts> {
    const directories = ids.map((id) => `pki-${id}`);
    const files = directories.flatMap((directory) =>
      Object.entries(this.project.files(directory)).map(([path, facts]) => [`${directory}/${path}`, facts] as const),
    );
    return Object.fromEntries(files);
  }
}

export function isPem(path: string): boolean {
  return /\.(key|pem)$/.test(path);
}

/** The expected changes of a broker's resources in a plan. */
export function each(name: string, action: string, types = BESIDE_KEY): Record<string, string> {
  return Object.fromEntries(types.map((type) => [`${type}.${name}`, action]));
}

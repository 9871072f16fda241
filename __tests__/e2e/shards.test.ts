import { copyFileSync, readdirSync, rmSync } from "node:fs";
import { changed, wordsOf } from "./support/custodies";
import { describeWith, type Engine, machine } from "./support/machine";
import { commandsBelow } from "./support/pages";
import { type FileFacts, Project } from "./support/project";
import { succeed } from "./support/run";

/** With three shards, 6 is in the first, 8 and 9 are in the second, the others in the third; a fourth takes 8. */
const BROKERS = [1, 2, 3, 6, 8, 9].map((number) => `b${number}.example.com`);

/** This broker is in the third shard; a fourth would take it too. */
const ADDED = "b7.example.com";

function engineOf(name: Engine["name"]): Engine {
  const found = machine().engines.find((engine) => engine.name === name);
  if (found === undefined) {
    throw new Error(`${name} is unknown`);
  }
  return found;
}

/** A fleet in several stacks. */
class ShardedFleet {
  constructor(public readonly project: Project) {}

  /** Declares and synthesizes it. */
  public async declare(shards: number, brokers: readonly string[]): Promise<void> {
    rmSync(this.project.path("cdktf.out"), { recursive: true, force: true });
    this.project.declareFleet(brokers, shards === 0 ? "" : `shards: ${shards},`);
    this.project.stack = "mqtt";
    await this.project.synth();
    for (const stack of this.stacks.slice(1)) {
      this.project.stack = stack;
      await this.project.run("init", "-input=false");
    }
  }

  /** The stacks in the order of their deployment. */
  public get stacks(): string[] {
    return readdirSync(this.project.path("cdktf.out/stacks")).sort();
  }

  /** The planned changes by stack, without stacks that have none. */
  public async planned(): Promise<Record<string, Record<string, string>>> {
    const all: Record<string, Record<string, string>> = {};
    for (const stack of this.stacks) {
      this.project.stack = stack;
      const planned = await this.project.planned();
      if (Object.keys(planned).length > 0) {
        all[stack] = planned;
      }
    }
    return all;
  }

  public async apply(): Promise<void> {
    for (const stack of this.stacks) {
      this.project.stack = stack;
      await this.project.apply();
    }
  }

  /** Runs commands of the page. */
  public async follow(commands: string): Promise<void> {
    await succeed("sh", ["-ec", commands], { cwd: this.project.path(), env: this.project.env });
  }

  public get files(): Record<string, FileFacts> {
    return this.project.files("pki");
  }

  public async verify(brokers: readonly string[]): Promise<void> {
    const certificates = brokers.map((broker) => `pki/brokers/${broker}/server.pem`);
    const text = await succeed("openssl", ["verify", "-x509_strict", "-CAfile", "pki/ca.pem", ...certificates], {
      cwd: this.project.path(),
    });
    expect(text.trim().split("\n")).toEqual(certificates.map((certificate) => `${certificate}: OK`));
    expect(this.project.flaws()).toEqual([]);
  }
}

const terraform = engineOf("Terraform");
const { openssl } = machine();

describeWith([terraform, terraform.providers, openssl], "Terraform: shards", () => {
  const fleet = new ShardedFleet(new Project(terraform));
  const { project } = fleet;
  const all = [...BROKERS, ADDED];

  beforeAll(async () => {
    project.declareFleet(BROKERS, "shards: 3");
    await project.deploy();
  });
  afterAll(() => {
    project.remove();
  });

  it("cdktf deploys shards after their authority, and the next plan is empty", async () => {
    expect(fleet.stacks).toEqual(["mqtt", "mqtt-1", "mqtt-2", "mqtt-3"]);
    await fleet.verify(BROKERS);
    expect(await fleet.planned()).toEqual({});
  });

  it("An added broker changes one shard's stack, and no file of another broker", async () => {
    const before = fleet.files;
    await fleet.declare(3, [ADDED, ...BROKERS]);
    const planned = await fleet.planned();

    expect(Object.keys(planned)).toEqual(["mqtt-3"]);
    expect(Object.values(planned["mqtt-3"] ?? {})).toEqual(Array(5).fill("created"));
    await fleet.apply();
    expect(changed(before, fleet.files)).toEqual([`brokers/${ADDED}/server.key`, `brokers/${ADDED}/server.pem`]);
    await fleet.verify(all);
  });

  it("A lost state stops the plan of its shard", async () => {
    const state = project.path("terraform.mqtt-2.tfstate");
    copyFileSync(state, `${state}.kept`);
    rmSync(state);
    project.stack = "mqtt-2";
    const { status, stderr } = await project.plan();
    copyFileSync(`${state}.kept`, state);

    expect(status).toBe(1);
    expect(wordsOf(stderr)).toContain(
      "files that this state does not manage, and that would be overwritten: brokers/b8.example.com/server.key, brokers/b8.example.com/server.pem, brokers/b9.example.com/server.key, brokers/b9.example.com/server.pem.",
    );
  });

  it("The commands of docs/how-to/scale.md add a shard, and no broker gets a new key or certificate", async () => {
    const before = fleet.files;
    await fleet.declare(4, all);
    await fleet.follow(commandsBelow("how-to/scale.md", "More shards"));

    expect(await fleet.planned()).toEqual({});
    project.stack = "mqtt-4";
    expect(Object.keys(project.state()).filter((address) => address.startsWith("tls_private_key."))).toEqual([
      "tls_private_key.broker_b7_example_com",
      "tls_private_key.broker_b8_example_com",
    ]);
    await fleet.apply();
    expect(changed(before, fleet.files)).toEqual([]);
  });

  it("The commands of docs/how-to/scale.md remove a shard, and no broker gets a new key or certificate", async () => {
    const before = fleet.files;
    await fleet.declare(3, all);
    await fleet.follow(commandsBelow("how-to/scale.md", "Fewer shards"));

    expect(await fleet.planned()).toEqual({});
    await fleet.apply();
    expect(changed(before, fleet.files)).toEqual([]);
  });
});

describeWith([terraform, terraform.providers, openssl], "Terraform: a deployed fleet", () => {
  const fleet = new ShardedFleet(new Project(terraform));
  const { project } = fleet;

  beforeAll(async () => {
    await fleet.declare(0, BROKERS);
    await fleet.apply();
  });
  afterAll(() => {
    project.remove();
  });

  it("The commands of docs/how-to/scale.md split a fleet into shards, and keep all keys and certificates", async () => {
    const before = fleet.files;
    await fleet.declare(3, BROKERS);
    await fleet.follow(commandsBelow("how-to/scale.md", "From one stack to shards"));
    project.stack = "mqtt";
    const { stdout } = await project.plan();

    expect(stdout).toContain("Changes to Outputs");
    expect(await project.planned()).toEqual({});
    await project.apply();
    expect(await fleet.planned()).toEqual({});
    await fleet.apply();
    expect(changed(before, fleet.files)).toEqual([]);
    await fleet.verify(BROKERS);
  });
});

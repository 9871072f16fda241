import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AskingApply } from "./support/asking-apply";
import { changed, type Custody, errorsOf, wordsOf, describeOneEngine } from "./support/custodies";
import { expectConvergence } from "./support/convergence";
import { describeWith, type Engine, machine } from "./support/machine";
import { blocksBelow, commandsBelow } from "./support/pages";
import { findPostgres, Postgres } from "./support/postgres";
import { Project } from "./support/project";
import { run, type Result, succeed, allOf } from "./support/run";
import { unpackPlan } from "./support/secrets";

const REPOSITORY = join(__dirname, "../..");
const PUSH = commandsBelow("how-to/backends.md", "The backend fails during an apply");
const PUSH_ENCRYPTED = commandsBelow("how-to/backends.md", "An encrypted state");

/** The file to which an engine writes a state that the backend did not accept. */
const ERRORED = "cdktf.out/stacks/mqtt/errored.tfstate";

/** Gives a deployed fleet something to apply. */
const RENEWAL = renewalOf("tls_locally_signed_cert.broker_mqtt-1_example_com");

/** Enough brokers that an apply takes a while. */
const BROKERS = brokersTo(6);

function renewalOf(resource: string): string {
  return `-replace=${resource}`;
}

function brokersTo(last: number): string[] {
  return Array.from({ length: last }, (_, index) => `mqtt-${index + 1}.example.com`);
}

describeWith([findPostgres()], "PostgreSQL", () => {
  let server: Postgres;

  beforeAll(async () => {
    server = await Postgres.start();
    Object.assign(process.env, server.credentials);
  });
  afterAll(async () => {
    for (const name of Object.keys(server.credentials)) {
      Reflect.deleteProperty(process.env, name);
    }
    await server.stop();
  });

  /** A fleet whose state has its own database. */
  class Fleet {
    public readonly project: Project;
    public brokers: readonly string[] = [];
    private database = "";

    constructor(
      private readonly engine: Engine,
      private readonly custody: Custody,
    ) {
      this.project = new Project(engine, { withoutProviders: custody === "machine" });
      beforeAll(async () => {
        this.database = await server.createDatabase(`fleet_${Date.now()}`);
      });
      afterAll(() => {
        this.project.remove();
      });
    }

    public async declare(brokers: readonly string[], options = ""): Promise<void> {
      const { custody, database, project } = this;
      this.brokers = brokers;
      project.declareFleet(
        brokers,
        `custody: "${custody}", ${options}
         backend: (stack) => new PgBackend(stack, {
           connStr: ${JSON.stringify(database)},
           schemaName: stack.node.id.replaceAll("-", "_"),
         }),`,
      );
      writeFileSync(project.path("main.ts"), `import { PgBackend } from "cdktf";\n${project.read("main.ts")}`);
      await project.synth();
    }

    /** Adds brokers to the declaration. */
    public grow(by = 1): Promise<void> {
      return this.declare(brokersTo(this.brokers.length + by));
    }

    public query(sql: string): Promise<string> {
      return server.psql(this.database, sql);
    }

    public ask(...options: string[]): Promise<AskingApply> {
      return AskingApply.start(this.engine, this.project, ...options);
    }

    /** Crashes the server during an apply, and starts it again after the apply. */
    public async crashInApply(): Promise<Result> {
      const apply = await this.ask("-parallelism=1");
      apply.approve();
      await apply.says("Creation complete");
      await server.crash();
      const result = await apply.result();
      await server.restart();
      return result;
    }

    /** Pushes the remaining state with the commands of the page. */
    public push(commands = PUSH): Promise<Result> {
      return run("sh", ["-ec", `terraform() { command "$ENGINE" "$@"; }\n${commands}`], {
        cwd: this.project.path(),
        env: { ...this.project.env, ENGINE: this.engine.program },
      });
    }

    /** The paths of the files that contain a text. */
    public async filesWith(text: string): Promise<string[]> {
      const found = await run("grep", ["-rlF", text, "."], { cwd: this.project.path() });
      expect(found.status).toBe(found.stdout === "" ? 1 : 0);
      return found.stdout.split("\n").filter((path) => path !== "");
    }
  }

  describeEngine("Terraform", "a fleet of custody state", (engine) => {
    const fleet = new Fleet(engine, "state");
    const { project } = fleet;

    beforeAll(() => fleet.grow(2));

    it("A pg backend holds the state and its keys, and no file does", async () => {
      await expectConvergence(project, fleet.brokers);

      const states = await succeed("find", [".", "-name", "*tfstate*", "-type", "f"], { cwd: project.path() });
      // The engine's note of the backend.
      expect(states).toBe("./cdktf.out/stacks/mqtt/.terraform/terraform.tfstate\n");
      expect(project.read(states.trimEnd())).not.toContain("PRIVATE KEY");
      expect(await fleet.query("SELECT data LIKE '%PRIVATE KEY%' FROM mqtt.states")).toBe("t");
    });

    it("The database password is in no synthesized file, engine note or saved plan", async () => {
      expect(await project.plan("-out=saved.plan")).toMatchObject({ status: 0 });
      await unpackPlan(project, "saved.plan", "unpacked");

      expect(await fleet.filesWith("mqtt-1.example.com")).toEqual(
        expect.arrayContaining(["./cdktf.out/stacks/mqtt/cdk.tf.json", "./unpacked/tfplan"]),
      );
      expect(await fleet.filesWith(server.password)).toEqual([]);
    });

    it("A pg backend takes one apply at a time: another is refused, or waits with -lock-timeout", async () => {
      const before = project.files("pki");
      const first = await fleet.ask(RENEWAL);
      const refused = await project.tryApply();

      expect(refused.status).toBe(1);
      expect(errorsOf(refused).kinds).toEqual(["Error acquiring the state lock"]);
      expect(wordsOf(refused.stderr)).toContain("Workspace is already locked: default");
      expect(project.files("pki")).toEqual(before);

      const waiting = project.tryApply("-lock-timeout=60s");
      first.approve();
      expect((await first.result()).status).toBe(0);
      expect(await waiting).toMatchObject({ status: 0 });
      expect((await waiting).stdout).toContain("No changes");
      expect(changed(before, project.files("pki"))).toEqual(["brokers/mqtt-1.example.com/server.pem"]);
      await expectConvergence(project, fleet.brokers);
    });

    it("The query of docs/how-to/backends.md shows who holds the lock; the engine's message does not", async () => {
      const [, query = ""] = /-c "([^"]+)"/.exec(commandsBelow("how-to/backends.md", "Who holds the lock")) ?? [];
      const first = await fleet.ask(RENEWAL);
      const [refused, again] = [await project.tryApply(), await project.tryApply()];
      const idOf = ({ stderr }: Result): string => /^\W*ID: +(\S+)$/m.exec(stderr)?.[1] ?? "";

      expect(idOf(refused)).toMatch(/^[\da-f-]{36}$/);
      expect(idOf(again)).not.toBe(idOf(refused));
      expect(await fleet.query(query)).toMatch(/^\d+\|fleet\|\|[\d-]+ [\d:.+]+$/);
      first.approve();
      expect((await first.result()).status).toBe(0);
      expect(await fleet.query(query)).toBe("");
    });

    it("A killed apply leaves no lock at a pg backend", async () => {
      const killed = await fleet.ask(RENEWAL);
      await killed.kill();

      // The server takes a moment to see that the connection is gone.
      expect(await project.tryApply("-lock-timeout=10s")).toMatchObject({ status: 0 });
      await expectConvergence(project, fleet.brokers);
    });

    it("A database restart drops the lock: a second apply gets in, and its state is overwritten", async () => {
      const first = await fleet.ask(RENEWAL);
      await server.crash();
      await server.restart();
      await fleet.grow();
      await project.apply();
      first.approve();
      expect((await first.result()).status).toBe(0);

      const lost = fleet.brokers.at(-1) ?? "";
      const before = project.files("pki");
      expect(await project.planned()).toMatchObject({
        [`tls_private_key.broker_${lost.replaceAll(".", "_")}`]: "created",
      });
      await expectConvergence(project, fleet.brokers);
      expect(changed(before, project.files("pki"))).toEqual(
        ["server.key", "server.pem"].map((name) => `brokers/${lost}/${name}`),
      );
    });
  });

  describeEngine("Terraform", "a server that crashes during an apply", (engine) => {
    const fleet = new Fleet(engine, "state");
    const { project } = fleet;

    it("A database crash in an apply leaves errored.tfstate with keys, and no key in the log", async () => {
      await fleet.grow(BROKERS.length);
      const result = await fleet.crashInApply();

      expect(result.status).toBe(1);
      expect(errorsOf(result).kinds).toEqual([
        "Failed to save state",
        "Failed to persist state to backend",
        "Error releasing the state lock",
      ]);
      expect(allOf(result)).not.toContain("PRIVATE KEY");
      expect(project.read(ERRORED)).toContain("PRIVATE KEY");
      expect(statSync(project.path(ERRORED)).mode).toBe(statSync(project.path("main.ts")).mode);
    });

    it("A crashed first deployment stops the plan until errored.tfstate is pushed; files stay", async () => {
      const before = project.files("pki");
      const stopped = await project.plan();

      expect(stopped.status).toBe(1);
      expect(wordsOf(stopped.stderr)).toContain("files that this state does not manage");
      expect(await fleet.push()).toMatchObject({ status: 0 });
      await expectConvergence(project, fleet.brokers);
      expect(project.files("pki")).toMatchObject(before);
    });

    it("A crashed later deployment whose state is not pushed loses the keys it added; a late push fails", async () => {
      const before = project.files("pki");
      await fleet.grow(BROKERS.length);
      expect((await fleet.crashInApply()).status).toBe(1);
      const between = project.files("pki");

      await expectConvergence(project, fleet.brokers);
      const after = project.files("pki");
      expect(after).toMatchObject(before);
      const added = Object.keys(between).filter((path) => !(path in before));
      expect(added).toHaveLength(2 * BROKERS.length);
      expect(changed(between, after)).toEqual(added.sort());

      const refused = await fleet.push();
      expect(refused.status).not.toBe(0);
      expect(wordsOf(refused.stderr)).toMatch(/cannot (import state|overwrite existing state) with serial/);
      expect(await project.planned()).toEqual({});
    });
  });

  describeEngine("OpenTofu", "a server that crashes during an apply, with an encrypted state", (engine) => {
    const fleet = new Fleet(engine, "state");
    const { project } = fleet;

    beforeAll(() => {
      process.env["TERRAFORM_BINARY_NAME"] = engine.program;
      project.variables = { state_passphrase: "correct-horse-battery-staple" };
    });
    afterAll(() => {
      delete process.env["TERRAFORM_BINARY_NAME"];
    });

    it("A crashed OpenTofu deployment leaves an encrypted errored.tfstate, which the docs' commands push", async () => {
      await fleet.declare(BROKERS, 'statePassphraseVariable: "state_passphrase",');
      expect((await fleet.crashInApply()).status).toBe(1);
      expect(project.read(ERRORED)).toContain("encrypted_data");
      expect(project.read(ERRORED)).not.toContain("PRIVATE KEY");

      const before = project.files("pki");
      expect((await fleet.push()).stderr).toContain("This state file is encrypted");
      expect(await fleet.push(PUSH_ENCRYPTED)).toMatchObject({ status: 0 });
      expect(await project.planned()).toEqual({});
      expect(project.flaws()).toEqual([]);
      expect(project.files("pki")).toEqual(before);
      expect(await fleet.query("SELECT data LIKE '%PRIVATE KEY%' FROM mqtt.states")).toBe("f");
    });
  });

  describeEngine("OpenTofu", "a server that crashes during an apply, with custody machine", (engine) => {
    const fleet = new Fleet(engine, "machine");
    const { project } = fleet;

    /** Deploys after all keys and certificates were made, even if the state has no record of them. */
    const expectNothingAnew = async (): Promise<void> => {
      const before = project.files("pki");
      await expectConvergence(project, fleet.brokers);
      expect(changed(before, project.files("pki")).filter((path) => /\.(key|pem)$/.test(path))).toEqual([]);
      expect(await fleet.query("SELECT data LIKE '%PRIVATE KEY%' FROM mqtt.states")).toBe("f");
    };

    it("With custody machine, a crashed first deployment stops the plan until its keyless state is pushed", async () => {
      await fleet.grow(BROKERS.length);
      expect((await fleet.crashInApply()).status).toBe(1);
      expect(project.read(ERRORED)).toContain(fleet.brokers.at(-1));
      expect(project.read(ERRORED)).not.toContain("PRIVATE KEY");

      const stopped = await project.plan();
      expect(stopped.status).toBe(1);
      expect(wordsOf(stopped.stderr)).toContain("pki belongs to the fleet mqtt, workspace default, deployed from");
      expect(await fleet.push()).toMatchObject({ status: 0 });
      await expectNothingAnew();
    });

    it("With custody machine, a crashed later deployment loses nothing without a push", async () => {
      await fleet.grow(BROKERS.length);
      expect((await fleet.crashInApply()).status).toBe(1);
      expect(project.read(ERRORED)).toContain(fleet.brokers.at(-1));
      rmSync(project.path(ERRORED));

      await expectNothingAnew();
    });
  });

  describeOneEngine("shards in one database", (engine) => {
    const fleet = new Fleet(engine, "state");
    const { project } = fleet;

    /** Selects the stack that the engine works on. */
    function on(stack: string): Project {
      project.stack = stack;
      return project;
    }

    async function expectNothingToDo(): Promise<void> {
      expect(project.flaws()).toEqual([]);
      for (const stack of ["mqtt", "mqtt-1", "mqtt-2"]) {
        expect(await on(stack).planned()).toEqual({});
      }
    }

    async function renewalIn(shard: string): Promise<string> {
      const { stdout } = await on(shard).run("state", "list");
      return renewalOf(/^tls_locally_signed_cert.*/m.exec(stdout)?.[0] ?? "");
    }

    beforeAll(async () => {
      await fleet.declare(BROKERS, "shards: 2,");
      await project.apply();
      for (const shard of ["mqtt-1", "mqtt-2"]) {
        expect(await on(shard).run("init", "-input=false")).toMatchObject({ status: 0 });
      }
    });

    it("Shards in one database have a schema each; Terraform makes these one at a time", async () => {
      const first = await AskingApply.start(engine, on("mqtt-1"));
      const second = await on("mqtt-2").tryApply();
      if (engine.name === "Terraform") {
        expect(second.status).toBe(1);
        expect(wordsOf(second.stderr)).toContain("Already locked for workspace creation");
      } else {
        expect(second.status).toBe(0);
      }
      const waiting = on("mqtt-2").tryApply("-lock-timeout=60s");
      first.approve();

      expect((await first.result()).status).toBe(0);
      expect((await waiting).status).toBe(0);
      expect(Object.keys(project.files("pki/brokers"))).toHaveLength(2 * BROKERS.length);
      expect(await fleet.query("SELECT schemaname FROM pg_tables WHERE tablename = 'states' ORDER BY 1")).toBe(
        "mqtt\nmqtt_1\nmqtt_2",
      );
      await expectNothingToDo();
    });

    it("Shards in one database have a lock each, and do not wait for one another once they have states", async () => {
      const first = await AskingApply.start(engine, on("mqtt-1"), await renewalIn("mqtt-1"));
      expect(wordsOf((await on("mqtt-1").tryApply()).stderr)).toContain("Workspace is already locked: default");
      expect(await on("mqtt-2").apply(await renewalIn("mqtt-2"))).toContain("2 added");
      first.approve();

      expect((await first.result()).status).toBe(0);
      await expectNothingToDo();
    });
  });
});

it("docs/how-to/backends.md has examples that synthesize the backends that they name", async () => {
  const backends = [
    ["PostgreSQL", { backend: { pg: { schema_name: "mqtt" } } }],
    ["S3", { backend: { s3: { key: "mqtt.tfstate", encrypt: true, use_lockfile: true } } }],
    ["HTTP", { backend: { http: { lock_method: "POST", unlock_method: "DELETE" } } }],
    ["HCP Terraform", { cloud: { workspaces: { name: "mqtt" } } }],
  ] as const;
  const folder = mkdtempSync(join(tmpdir(), "examples-"));
  symlinkSync(join(REPOSITORY, "node_modules"), join(folder, "node_modules"));
  try {
    await Promise.all(
      backends.map(async ([heading, backend], index) => {
        const [example = ""] = blocksBelow("how-to/backends.md", heading, "ts");
        const name = `${index}.ts`;
        writeFileSync(join(folder, name), example.replace('"cdktf-mqtt-pki"', JSON.stringify(join(REPOSITORY, "lib"))));
        await succeed(process.execPath, ["--import", "tsx", name], { cwd: folder, env: { CDKTF_OUTDIR: `${index}` } });
        const text = readFileSync(join(folder, `${index}/stacks/mqtt/cdk.tf.json`), "utf8");
        expect(JSON.parse(text)).toMatchObject({ terraform: backend });
      }),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** One `describe`, for an engine with the providers. */
function describeEngine(name: Engine["name"], title: string, body: (engine: Engine) => void): void {
  for (const engine of machine().engines.filter((each) => each.name === name)) {
    describeWith([engine, engine.providers], `${name}: ${title}`, () => {
      body(engine);
    });
  }
}

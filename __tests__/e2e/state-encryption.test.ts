import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { CUSTODIES, type Custody, trySynth, wordsOf } from "./support/custodies";
import { stateOf } from "./support/kill";
import type { Engine } from "./support/machine";
import { commandsBelow } from "./support/pages";
import { Project } from "./support/project";
import { run, succeed, type Result } from "./support/run";
import { describeOpenTofu } from "./support/secrets";

const REPOSITORY = join(__dirname, "../..");
const PASSPHRASE = "correct-horse-battery-staple";
const [BROKER, NEW_BROKER] = ["mqtt-1.example.com", "mqtt-2.example.com"];
const STATE = "terraform.mqtt.tfstate";
const ENCRYPTED = 'statePassphraseVariable: "state_passphrase"';

/** Text that an unencrypted state or plan contains, with one custody or both. */
const READABLE = /PRIVATE KEY|mqtt-1|mqtt_1|Test CA|tls_private_key|private_key_pem|terraform_data|triggers_replace/;

/** A fleet with an encrypted state. */
class Fleet {
  public readonly project: Project;

  constructor(
    private readonly engine: Engine,
    private readonly custody: Custody,
  ) {
    this.project = new Project(engine, { withoutProviders: custody === "machine" });
  }

  /** Declares and synthesizes. Initializes the engine the first time only, since `init` reads an existing state. */
  public async declare(options = "", brokers: readonly string[] = [BROKER]): Promise<void> {
    const { project } = this;
    project.declareFleet(brokers, `custody: "${this.custody}", ${options}`);
    if (existsSync(join(project.stackFolder, ".terraform"))) {
      expect(await trySynth(project)).toMatchObject({ status: 0 });
    } else {
      await project.synth();
    }
  }

  /** Runs commands of the page, with the engine itself instead of `cdktf deploy`. */
  public follow(commands: string): Promise<Result> {
    const deploy = `cdktf() { (cd cdktf.out/stacks/mqtt && "$ENGINE" apply -auto-approve -input=false -no-color); }`;
    return run("sh", ["-ec", `${deploy}\n${commands}`], {
      cwd: this.project.path(),
      env: { ...this.project.env, ENGINE: this.engine.program },
    });
  }

  /** The present files, and the state with its backup. */
  public facts(): Record<string, unknown> {
    return { ...this.project.files("pki"), state: this.read(STATE), backup: this.read(`${STATE}.backup`) };
  }

  public read(path: string): string | undefined {
    return existsSync(this.project.path(path)) ? this.project.read(path) : undefined;
  }

  /** The first match of READABLE in a file of the engine; `undefined` without a match. */
  public readable(path: string): string | undefined {
    const text = this.project.read(path);
    const { encrypted_data: data = "" } = text.startsWith("{") ? (JSON.parse(text) as { encrypted_data?: string }) : {};
    return READABLE.exec(`${text}\n${Buffer.from(data, "base64").toString("latin1")}`)?.[0];
  }
}

function setPassphrase(passphrase: string | undefined, variable = "TF_VAR_state_passphrase"): void {
  if (passphrase === undefined) {
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete
    delete process.env[variable];
  } else {
    process.env[variable] = passphrase;
  }
}

function describeEncryption(engine: Engine, custody: Custody): void {
  const fleet = new Fleet(engine, custody);
  const { project } = fleet;
  const plan = "cdktf.out/stacks/mqtt/saved.plan";

  beforeAll(async () => {
    process.env["TERRAFORM_BINARY_NAME"] = engine.program;
    setPassphrase(PASSPHRASE);
    await fleet.declare(ENCRYPTED, [BROKER, NEW_BROKER]);
    await project.apply();
    await fleet.declare(ENCRYPTED);
    await project.plan("-out=saved.plan");
    await succeed(engine.program, ["apply", "saved.plan"], { cwd: project.stackFolder, env: project.env });
    project.keep();
  });
  beforeEach(() => {
    setPassphrase(PASSPHRASE);
  });
  afterEach(() => {
    setPassphrase(undefined, "TF_VAR_state_passphrase_2");
    project.restore();
  });
  afterAll(() => {
    delete process.env["TERRAFORM_BINARY_NAME"];
    setPassphrase(undefined);
    project.remove();
  });

  it("An encrypted state, its backup and a saved plan have no readable key or name", () => {
    for (const path of [STATE, `${STATE}.backup`, plan]) {
      expect(Object.keys(JSON.parse(project.read(path)) as object)).toContain("encrypted_data");
      expect([path, fleet.readable(path)]).toEqual([path, undefined]);
    }
  });

  it("An encrypted state is complete, and the next plan is empty", async () => {
    const { stdout: text } = await project.run("state", "pull");

    expect(project.flaws()).toEqual([]);
    expect(await project.planned()).toEqual({});
    expect(text).toMatch(READABLE);
    expect(text.includes("PRIVATE KEY")).toBe(custody === "state");
  });

  it.each([
    ["no passphrase", undefined, "key_provider.pbkdf2.TF_VAR_state_passphrase failed with error: no passphrase"],
    ["one of 15 characters", "123456789012345", "TF_VAR_state_passphrase failed with error: passphrase is too short"],
    ["another one", "wrong-horse-battery-staple", "decryption failed"],
  ])("An apply with %s changes nothing, and reports why", async (_, passphrase, words) => {
    await fleet.declare(ENCRYPTED, [BROKER, NEW_BROKER]);
    const before = fleet.facts();
    setPassphrase(passphrase);
    const apply = ["apply", "-input=false", "-no-color"];
    const results = [await project.run(...apply, "-auto-approve"), await project.run(...apply, "saved.plan")];

    expect(results.map(({ status }) => status)).toEqual([1, 1]);
    for (const result of results) {
      expect(wordsOf(result.stderr)).toContain(words);
    }
    expect(fleet.facts()).toEqual(before);
  });

  it("A first apply without a passphrase writes nothing", async () => {
    for (const path of [STATE, `${STATE}.backup`, "pki"]) {
      rmSync(project.path(path), { recursive: true });
    }
    setPassphrase(undefined);
    const result = await project.run("apply", "-auto-approve", "-input=false", "-no-color");

    expect(result.status).toBe(1);
    expect(wordsOf(result.stderr)).toContain("TF_VAR_state_passphrase");
    expect([existsSync(project.path("pki")), existsSync(project.path(STATE))]).toEqual([false, false]);
  });

  it("The commands of docs/how-to/encrypt-state.md change the passphrase, and keep keys and certificates", async () => {
    const files = project.files("pki");
    setPassphrase("staple-battery-horse-correct", "TF_VAR_state_passphrase_2");
    await fleet.declare('statePassphraseVariable: "state_passphrase_2"');

    expect(await fleet.follow(commandsBelow("how-to/encrypt-state.md", "Change the passphrase"))).toMatchObject({
      status: 0,
    });
    setPassphrase(undefined);
    expect(await project.planned()).toEqual({});
    expect(fleet.readable(STATE)).toBeUndefined();
    expect(project.files("pki")).toEqual(files);
  });
}

function describeWays(engine: Engine, custody: Custody): void {
  const fleet = new Fleet(engine, custody);
  const { project } = fleet;

  beforeAll(() => {
    process.env["TERRAFORM_BINARY_NAME"] = engine.program;
    setPassphrase(PASSPHRASE);
  });
  afterAll(() => {
    delete process.env["TERRAFORM_BINARY_NAME"];
    setPassphrase(undefined);
    project.remove();
  });

  it("An unencrypted state is refused if the fleet declares a passphrase", async () => {
    await fleet.declare();
    await project.apply();
    await fleet.declare("", [BROKER, NEW_BROKER]);
    await project.apply();
    expect([fleet.readable(STATE), fleet.readable(`${STATE}.backup`)]).not.toContain(undefined);

    const before = fleet.facts();
    await fleet.declare(ENCRYPTED, [BROKER, NEW_BROKER]);
    const result = await project.run("apply", "-auto-approve", "-input=false", "-no-color");

    expect(result.status).toBe(1);
    expect(wordsOf(result.stderr)).toContain("encountered unencrypted payload");
    expect(fleet.facts()).toEqual(before);
  });

  it("The commands of docs/how-to/encrypt-state.md encrypt a state, and leave no unencrypted copy", async () => {
    const files = project.files("pki");
    await fleet.declare("", [BROKER, NEW_BROKER]);

    expect(await fleet.follow(commandsBelow("how-to/encrypt-state.md", "Encrypt an existing state"))).toMatchObject({
      status: 0,
    });
    expect(fleet.readable(STATE)).toBeUndefined();
    expect(fleet.read(`${STATE}.backup`)).toBeUndefined();
    await fleet.declare(ENCRYPTED, [BROKER, NEW_BROKER]);
    expect(await project.planned()).toEqual({});
    expect(project.files("pki")).toEqual(files);
  });

  it("A changed fleet keeps its state and backup encrypted", async () => {
    await fleet.declare(ENCRYPTED);
    await project.apply();

    expect(project.flaws()).toEqual([]);
    expect([fleet.readable(STATE), fleet.readable(`${STATE}.backup`)]).toEqual([undefined, undefined]);
  });

  it("The commands of docs/how-to/encrypt-state.md decrypt a state, which needs no passphrase then", async () => {
    const files = project.files("pki");
    await fleet.declare();

    expect(await fleet.follow(commandsBelow("how-to/encrypt-state.md", "Decrypt a state"))).toMatchObject({
      status: 0,
    });
    setPassphrase(undefined);
    expect(fleet.readable(STATE)).toBeDefined();
    expect(await project.planned()).toEqual({});
    expect(project.files("pki")).toEqual(files);
  });
}

/** Terraform has no "encryption" block, and writes nothing. */
function describeRefusal(engine: Engine, custody: Custody): void {
  const project = new Project(engine, { withoutProviders: custody === "machine" });

  afterAll(() => {
    project.remove();
  });

  it.each(["init", "plan", "apply"])(
    "Terraform refuses statePassphraseVariable at %s, before anything is written",
    async (command) => {
      project.declareFleet([BROKER], `custody: "${custody}", ${ENCRYPTED}`);
      expect(await trySynth(project)).toMatchObject({ status: 0 });
      const environment = { ...project.env, TF_VAR_state_passphrase: PASSPHRASE };
      const result = await run(engine.program, [command, "-input=false", "-no-color"], {
        cwd: project.stackFolder,
        env: environment,
      });
      const words = wordsOf(result.stdout + result.stderr);

      expect(result.status).toBe(1);
      expect(words).toContain('No argument or block type is named "encryption"');
      expect(words).not.toContain(PASSPHRASE);
      expect(stateOf(project)).toBe("empty");
      expect(existsSync(project.path("pki"))).toBe(false);
    },
  );
}

describe.each(CUSTODIES)("custody %s", (custody, describeEach) => {
  describeEach("an encrypted state", (engine) => {
    if (engine.name === "Terraform") {
      describeRefusal(engine, custody);
      return;
    }
    describe("a state encrypted from the beginning", () => {
      describeEncryption(engine, custody);
    });
    describe("a state that is encrypted and decrypted later", () => {
      describeWays(engine, custody);
    });
  });
});

describeOpenTofu("a state encrypted by TF_ENCRYPTION alone", (engine) => {
  const fleet = new Fleet(engine, "state");
  const { project } = fleet;
  const commands = commandsBelow("how-to/encrypt-state.md", "Encrypt with `TF_ENCRYPTION` alone");

  beforeAll(async () => {
    process.env["STATE_PASSPHRASE"] = PASSPHRASE;
    await fleet.declare();
  });
  afterAll(() => {
    delete process.env["STATE_PASSPHRASE"];
    project.remove();
  });

  it("The TF_ENCRYPTION commands of docs/how-to/encrypt-state.md encrypt the state", async () => {
    expect(await fleet.follow(commands)).toMatchObject({ status: 0 });
    expect(project.flaws()).toEqual([]);
    expect(fleet.readable(STATE)).toBeUndefined();
    expect((await fleet.follow(commands)).stdout).toContain("No changes");
  });

  it("A state encrypted by TF_ENCRYPTION is refused without that variable", async () => {
    const before = fleet.facts();

    expect((await project.plan()).status).toBe(1);
    expect((await project.run("apply", "-auto-approve", "-input=false")).status).toBe(1);
    expect(fleet.facts()).toEqual(before);
  });
});

describeOpenTofu("an encrypted state", (engine) => {
  const project = new Project(engine);

  beforeAll(async () => {
    process.env["TERRAFORM_BINARY_NAME"] = engine.program;
    setPassphrase(PASSPHRASE);
    project.declareFleet([BROKER], `custody: "machine", ${ENCRYPTED}`);
    await project.synth();
    await project.apply();
  });
  afterAll(() => {
    delete process.env["TERRAFORM_BINARY_NAME"];
    setPassphrase(undefined);
    project.remove();
  });

  it("The cdktf command reads an encrypted state", async () => {
    expect(await project.cdktf(["diff"])).toMatchObject({ status: 0 });
  });

  it("The commands of this repository read an encrypted state", async () => {
    const script = join(REPOSITORY, "scripts/cdktf.js");
    const result = await run(process.execPath, [script, "diff"], { cwd: project.path() });

    expect(result.stdout).toContain("No changes");
    expect(result.status).toBe(0);
  });
});

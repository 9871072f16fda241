import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo, type Server } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeEachBareEngine, describeEachEngine } from "./support/machine";
import { Project } from "./support/project";
import { type Result, runWithUmask, succeed } from "./support/run";

const COMMAND = join(__dirname, "../../scripts/cdktf.js");

const FILES = ["brokers/mqtt-1.example.com/server.key", "brokers/mqtt-1.example.com/server.pem", "ca.key", "ca.pem"];
const RECORDS = ["authorities.records", "brokers.records", "owner.json"];

/** An address at which nothing listens. */
const NOWHERE = "http://127.0.0.1:9";

/** Runs the script behind `npm run deploy` and similar commands in a project, with an optional umask. */
function command(
  project: Project,
  parameters: readonly string[],
  env: NodeJS.ProcessEnv,
  umask = "022",
): Promise<Result> {
  return runWithUmask(umask, process.execPath, [COMMAND, ...parameters], { cwd: project.path(), env });
}

/** A folder for PATH with existing programs, by name, and stand-ins, by what they print. */
function makePath(there: readonly string[], standIns: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "bin-"));
  for (const name of there) {
    const { stdout } = spawnSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" });
    symlinkSync(stdout.trim(), join(folder, name));
  }
  for (const [name, printed] of Object.entries(standIns)) {
    writeFileSync(join(folder, name), `#!/bin/sh\necho '${printed}'\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

describe("npm run deploy without its prerequisites", () => {
  const project = new Project({ name: "Terraform", program: "terraform", providers: { program: "terraform" } });
  const folders: string[] = [];

  beforeAll(() => {
    project.declareFleet(["mqtt-1.example.com"]);
  });
  afterAll(() => {
    for (const folder of folders) {
      rmSync(folder, { recursive: true });
    }
    project.remove();
  });

  /** Deploys with only these programs in PATH. */
  function deployWith(...programs: Parameters<typeof makePath>): Promise<Result> {
    const folder = makePath(...programs);
    folders.push(folder);
    return command(project, ["deploy", "--auto-approve"], { PATH: folder });
  }

  it("npm run deploy explains what to install if there is no engine", async () => {
    const { status, stderr } = await deployWith(["sh"]);

    expect(status).toBe(1);
    expect(stderr).toMatch(/^No engine: "terraform" and "tofu" cannot be run\.\nInstall Terraform 1\.5 or later/);
    expect(stderr).not.toContain("    at ");
  });

  it.each([
    ["1.4.6", '{"terraform_version": "1.4.6"}'],
    ["0.12.31", "Terraform v0.12.31"],
  ])("npm run deploy explains what to install if the engine is too old: %s", async (version, printed) => {
    const { status, stderr } = await deployWith(["sh", "node"], { terraform: printed });

    expect(status).toBe(1);
    expect(stderr).toMatch(
      `"terraform" is version ${version}, and the stack "mqtt" needs 1.5 or later.\nInstall Terraform 1.5 or later`,
    );
    expect(stderr).not.toContain("    at ");
  });

  it("npm run deploy asks for the engine version that the fleet needs", async () => {
    project.declareFleet(["mqtt-1.example.com"], "", 'passwordVariable: "ca_password"');
    const { stderr } = await deployWith(["sh", "node"], { terraform: '{"terraform_version": "1.9.8"}' });
    project.declareFleet(["mqtt-1.example.com"]);

    expect(stderr).toContain('"terraform" is version 1.9.8, and the stack "mqtt" needs 1.11 or later.');
  });

  it("npm run deploy explains what to install if Node is too old", () => {
    const old = `Object.defineProperty(process.versions, "node", { value: "18.20.8" });`;
    const { status, stderr } = spawnSync(process.execPath, ["-e", `${old} require(${JSON.stringify(COMMAND)});`], {
      encoding: "utf8",
    });

    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringMatching(/^Node 18\.20\.8 is too old\. Install Node 20\.\d+ or later: \S+\n$/) as string,
    });
  });

  it("npm run deploy names a chosen engine that is missing", async () => {
    const { status, stderr } = await command(project, ["diff"], { TERRAFORM_BINARY_NAME: "no-such-engine" });

    expect(status).toBe(1);
    expect(stderr).toContain('No engine: "no-such-engine" cannot be run.');
  });

  it("npm run deploy refuses a custody other than state and machine", async () => {
    const { status, stderr } = await command(project, ["diff", "--custody", "cloud"], {});

    expect(status).toBe(1);
    expect(stderr).toContain("Allowed choices are state, machine.");
  });

  it("npm run deploy changes nothing if no terminal can answer its question", async () => {
    const { status, stderr } = await command(project, ["deploy"], {});

    expect(status).toBe(1);
    expect(stderr).toContain("To continue without a question: npm run deploy -- --auto-approve");
    expect(existsSync(project.path("pki"))).toBe(false);
  });

  it("npm run synth needs no engine", async () => {
    const folder = makePath(["sh", "node"]);
    folders.push(folder);
    const needsTls = async (...options: string[]): Promise<boolean> => {
      expect(await command(project, ["synth", ...options], { PATH: folder })).toMatchObject({ status: 0 });
      return project.read("cdktf.out/stacks/mqtt/cdk.tf.json").includes("hashicorp/tls");
    };

    expect([await needsTls(), await needsTls("--custody", "machine"), await needsTls("--custody=state")]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it("npm run synth reports an error in the declaration once, with its place", async () => {
    project.declareFleet(["mqtt_1.example.com"]);
    const { status, stderr } = await command(project, ["synth"], {});
    project.declareFleet(["mqtt-1.example.com"]);

    expect(status).toBe(1);
    expect(stderr.match(/brokers\[0\]\.address: "mqtt_1\.example\.com" has an underscore/g)).toHaveLength(1);
    expect(stderr).toMatch(/main\.ts:\d+\n\s*new BrokerPki/);
    expect(stderr).not.toContain("node:internal");
  });
});

describeEachEngine("npm run deploy with providers", (engine) => {
  const project = new Project(engine);
  const chosen = { TERRAFORM_BINARY_NAME: engine.program };

  beforeAll(() => {
    project.declareFleet(["mqtt-1.example.com"]);
  });
  afterAll(() => {
    project.remove();
  });

  it('npm run deploy with providers deploys with custody "state" without a question; again, it changes nothing', async () => {
    expect(await command(project, ["deploy", "--auto-approve"], chosen)).toMatchObject({ status: 0, stderr: "" });
    const before = project.files("pki");
    expect((await command(project, ["deploy", "--auto-approve"], chosen)).status).toBe(0);

    expect(Object.keys(before).sort()).toEqual(FILES);
    expect(project.files("pki")).toEqual(before);
  });

  it("npm run deploy keeps the state, its backup and saved plans readable by their owner alone", async () => {
    expect((await command(project, ["diff"], chosen)).status).toBe(0);
    const mode = (path: string): string => (statSync(project.path(path)).mode & 0o777).toString(8);

    expect(mode("terraform.mqtt.tfstate")).toBe("600");
    expect(mode("terraform.mqtt.tfstate.backup")).toBe("600");
    expect(mode("cdktf.out/stacks/mqtt")).toBe("700");
  });

  it('npm run deploy without the providers of a custody "state" fleet fails and explains how to get them', async () => {
    rmSync(project.path("cdktf.out"), { recursive: true });
    const none = { ...chosen, TF_CLI_CONFIG_FILE: project.path("no-providers.tfrc") };
    const before = [project.files("pki"), project.read("terraform.mqtt.tfstate")];
    const { status, stderr } = await command(project, ["deploy", "--auto-approve"], none);

    expect(status).toBe(1);
    expect(stderr).toMatch(/^The providers of "mqtt" are not available/);
    expect(stderr).toContain('"mqtt" was deployed with custody "state", which needs them.');
    expect(stderr).toContain("docs/how-to/offline.md");
    expect(stderr).not.toContain("    at ");
    expect([project.files("pki"), project.read("terraform.mqtt.tfstate")]).toEqual(before);
  });

  it('npm run diff refuses --custody machine for a fleet of custody "state"', async () => {
    const { status, stderr } = await command(project, ["diff", "--custody", "machine"], chosen);

    expect(status).toBe(1);
    expect(stderr).toContain('"mqtt" was deployed with custody "state", but would now have custody "machine".');
    expect(stderr).toContain("docs/how-to/change-custody.md");
  });
});

describeEachBareEngine("npm run deploy without providers", (engine) => {
  const project = new Project(engine, { withoutProviders: true });
  const inProject = (...parameters: string[]): Promise<Result> =>
    command(project, parameters, { ...project.env, TERRAFORM_BINARY_NAME: engine.program });

  beforeAll(() => {
    project.declareFleet(["mqtt-1.example.com"]);
  });
  afterAll(() => {
    project.remove();
  });

  it("npm run deploy --custody state without providers fails, and writes nothing", async () => {
    const { status, stderr } = await inProject("deploy", "--auto-approve", "--custody", "state");

    expect(status).toBe(1);
    expect(stderr).toMatch(/^The providers of "mqtt" are not available/);
    expect(existsSync(project.path("pki"))).toBe(false);
  });

  it("npm run deploy keeps the declared custody if there are no providers", async () => {
    project.declareFleet(["mqtt-1.example.com"], 'custody: "state",');
    const declared = await inProject("deploy", "--auto-approve");
    project.declareFleet(["mqtt-1.example.com"]);
    writeFileSync(
      project.path("cdktf.json"),
      project.read("cdktf.json").replace(/\}$/, ', "context": { "cdktf-mqtt-pki:custody": "state" } }'),
    );
    const inContext = await inProject("deploy", "--auto-approve");
    writeFileSync(project.path("cdktf.json"), project.read("cdktf.json").replace(/, "context".*/, "}"));

    for (const { status, stderr } of [declared, inContext]) {
      expect(status).toBe(1);
      expect(stderr).toContain('The declaration needs them: it has custody "state"');
    }
    expect(existsSync(project.path("pki"))).toBe(false);
  });

  it("npm run diff without providers explains why a fleet needs them", async () => {
    project.declareFleet(["mqtt-1.example.com"], "outputs: true,");
    const { status, stderr } = await inProject("diff");
    project.declareFleet(["mqtt-1.example.com"]);

    expect(status).toBe(1);
    expect(stderr).toContain("Without them, this fleet cannot be");
    expect(stderr).toContain("outputs: true would put private keys into the state");
  });

  it('npm run deploy without providers deploys with custody "machine" and reports it; again, it changes nothing', async () => {
    const first = await inProject("deploy", "--auto-approve");
    const before = project.files("pki");
    const second = await inProject("deploy", "--auto-approve");

    expect(first).toMatchObject({ status: 0 });
    expect(first.stderr.split("\n")).toEqual([
      expect.stringContaining("Neither a registry nor a mirror"),
      expect.stringContaining(
        "only in their files, not in the state. Back up these files (docs/explanation/custody.md)",
      ),
      "To use the providers instead: npm run deploy -- --custody state",
      "",
    ]);
    expect(second).toMatchObject({ status: 0, stderr: expect.stringContaining("and keeps it") as string });
    expect(Object.keys(before).sort()).toEqual([...FILES, ...RECORDS].sort());
    expect(project.flaws()).toEqual([]);
    expect(project.files("pki")).toEqual(before);
    expect(existsSync(project.path("cdktf.out/stacks/mqtt/.terraform/providers"))).toBe(false);
    expect(project.read("terraform.mqtt.tfstate")).not.toContain("PRIVATE KEY");
  });

  it('npm run diff keeps custody "machine" if --custody asks for another, or if there are providers', async () => {
    const { TF_CLI_CONFIG_FILE: _, ...withProviders } = project.env;
    const asked = await inProject("diff", "--custody", "state");
    const again = await command(project, ["diff"], { ...withProviders, TERRAFORM_BINARY_NAME: engine.program });
    await command(project, ["synth"], {});

    expect(asked.status).toBe(1);
    expect(asked.stderr).toContain('was deployed with custody "machine", but would now have custody "state"');
    expect(again.stdout).toContain("found no differences");
    expect(project.read("cdktf.out/stacks/mqtt/cdk.tf.json")).not.toContain("hashicorp/tls");
  });

  it('npm run destroy with custody "machine" keeps the authority, and the next run keeps the custody', async () => {
    expect((await inProject("destroy", "--auto-approve")).status).toBe(0);
    expect(Object.keys(project.files("pki")).sort()).toEqual(["authorities.records", "ca.key", "ca.pem"]);

    const { status, stderr } = await inProject("diff", "--custody", "state");
    expect(status).toBe(1);
    expect(stderr).toContain('"mqtt" was deployed with custody "machine"');
  });

  it("npm run diff finds the custody in the state of a workspace", async () => {
    const env = { ...project.env, TERRAFORM_BINARY_NAME: engine.program, TF_WORKSPACE: "north" };
    const inStack = { cwd: project.stackFolder, env };
    project.declareFleet(["mqtt-1.example.com"], 'custody: "machine", directory: "north",');
    await project.synth();
    await succeed(engine.program, ["init", "-reconfigure", "-input=false"], inStack);
    await succeed(engine.program, ["apply", "-input=false", "-auto-approve"], inStack);
    project.declareFleet(["mqtt-1.example.com"]);
    const { status, stderr } = await command(project, ["diff", "--custody", "state"], env);

    expect(status).toBe(1);
    expect(stderr).toContain('"mqtt" was deployed with custody "machine"');
  });

  it.each([
    ["torn", '{ "version": 4, "ter'],
    ["encrypted", '{ "encrypted_data": "AAAA" }'],
  ])("npm run diff stops at a state that is %s", async (_case, text) => {
    writeFileSync(project.path("terraform.mqtt.tfstate"), text);
    const { status, stderr } = await inProject("diff");
    rmSync(project.path("terraform.mqtt.tfstate"));

    expect(status).toBe(1);
    expect(stderr).toContain('The state of "mqtt" cannot be read');
    expect(stderr).not.toContain("    at ");
  });

  it("npm run diff shows the engine's message if a plan fails", async () => {
    rmSync(project.path("pki"), { recursive: true });
    mkdirSync(project.path("pki/brokers/mqtt-1.example.com"), { recursive: true });
    writeFileSync(project.path("pki/brokers/mqtt-1.example.com/server.key"), "made by hand", { mode: 0o600 });
    const { status, stderr } = await inProject("deploy", "--auto-approve");
    rmSync(project.path("pki"), { recursive: true });

    expect(status).toBe(1);
    expect(stderr).toMatch(/^Error: Resource (pre|post)condition failed/m);
  });

  it('npm run deploy with custody "machine" needs no program but the engine and Node', async () => {
    const folder = makePath(["node", engine.program]);
    const env = { ...project.env, PATH: folder, TERRAFORM_BINARY_NAME: engine.program };
    project.declareFleet(["mqtt-1.example.com"], 'directory: "alone",');
    const result = await command(project, ["deploy", "--auto-approve", "--custody", "machine"], env);
    rmSync(folder, { recursive: true });

    expect(result).toMatchObject({ status: 0 });
    expect(project.flaws({}, "alone")).toEqual([]);
  });
});

describeEachBareEngine("npm run deploy in unusual environments", (engine) => {
  const project = new Project(engine, { folder: "flotte für süd-" });
  // An empty home that cannot be written to: an engine finds no mirror there.
  const surroundings = (): NodeJS.ProcessEnv => ({
    TERRAFORM_BINARY_NAME: engine.program,
    TF_CLI_CONFIG_FILE: project.path("missing.tfrc"),
    TF_LOG: "debug",
    HOME: project.path("home"),
    LANG: "de_DE.UTF-8",
    LC_ALL: "C",
    LANGUAGE: "de",
    HTTP_PROXY: NOWHERE,
    ALL_PROXY: NOWHERE,
  });

  beforeAll(() => {
    project.declareFleet(["mqtt-1.example.com"]);
  });
  afterAll(() => {
    project.remove();
  });

  describe("a dead proxy, a log and no home folder", () => {
    let silent: Server;

    beforeAll(async () => {
      mkdirSync(project.path("home"), { mode: 0o500 });
      silent = createServer().listen(0, "127.0.0.1");
      await once(silent, "listening");
    });
    afterAll(() => {
      silent.close();
    });

    it("npm run deploy works behind a dead proxy, with a log and without a home folder", async () => {
      const { port } = silent.address() as AddressInfo;
      const env = { ...surroundings(), HTTPS_PROXY: `http://127.0.0.1:${port}` };
      const { status, stderr } = await command(project, ["deploy", "--auto-approve"], env, "077");

      expect(status).toBe(0);
      expect(stderr).toContain("missing.tfrc, which does not exist");
      expect(stderr).toContain("Neither a registry nor a mirror");
      expect(Object.keys(project.files("pki"))).toHaveLength(FILES.length + RECORDS.length);
      expect(project.flaws()).toEqual([]);
    });
  });
});

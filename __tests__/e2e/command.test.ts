import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeEachBareEngine, describeEachEngine } from "./support/machine";
import { Project } from "./support/project";
import { run, type Result } from "./support/run";

const COMMAND = join(__dirname, "../../scripts/cdktf.ts");

/** Runs the script behind `npm run deploy` and its like in a project. */
function command(project: Project, parameters: string[], env: NodeJS.ProcessEnv): Promise<Result> {
  return run(process.execPath, ["--import", "tsx", COMMAND, ...parameters], { cwd: project.path(), env });
}

describe("npm run deploy, without an engine or a user", () => {
  const project = new Project({ name: "Terraform", program: "terraform", providers: { program: "terraform" } });

  beforeAll(() => {
    project.declareFleet(["mqtt-1.example.com"]);
  });
  afterAll(() => {
    project.remove();
  });

  it("says what to install where there is no engine", async () => {
    const bin = mkdtempSync(join(tmpdir(), "bin-"));
    symlinkSync("/bin/sh", join(bin, "sh"));
    const { status, text } = await command(project, ["deploy", "--auto-approve"], { PATH: bin });
    rmSync(bin, { recursive: true });

    expect(status).toBe(1);
    expect(text).toMatch(/^No engine: "terraform" and "tofu" cannot be run\.\nInstall Terraform 1\.5 or later/);
    expect(text).not.toContain("    at ");
  });

  it("says which engine was asked for in vain", async () => {
    const { status, text } = await command(project, ["diff"], { TERRAFORM_BINARY_NAME: "no-such-engine" });

    expect(status).toBe(1);
    expect(text).toContain('No engine: "no-such-engine" cannot be run.');
  });

  it("changes nothing where nobody can be asked", async () => {
    const { status, text } = await command(project, ["deploy"], {});

    expect(status).toBe(1);
    expect(text).toContain("To go on without a question: npm run deploy -- --auto-approve");
    expect(existsSync(project.path("pki"))).toBe(false);
  });
});

describeEachEngine("npm run deploy", (engine) => {
  const project = new Project(engine);
  const chosen = { TERRAFORM_BINARY_NAME: engine.program };

  beforeAll(() => {
    project.declareFleet(["mqtt-1.example.com"]);
  });
  afterAll(() => {
    project.remove();
  });

  it("names the page for networks without a registry where the providers cannot be had", async () => {
    // A mirror that has nothing: the registry is not asked, whether this machine could reach it or not.
    const empty = project.path("offline.tfrc");
    const { status, text } = await command(project, ["diff"], { ...chosen, TF_CLI_CONFIG_FILE: empty });

    expect(status).toBe(1);
    expect(text).toMatch(/^The providers hashicorp\/tls and hashicorp\/local cannot be had/);
    expect(text).toContain("docs/air-gapped.md");
    expect(text).not.toContain("    at ");
  });

  it("shows what is wrong with the declaration once, and where", async () => {
    project.declareFleet(["mqtt_1.example.com"]);
    const { status, text } = await command(project, ["deploy", "--auto-approve"], chosen);
    project.declareFleet(["mqtt-1.example.com"]);

    expect(status).toBe(1);
    expect(text.match(/brokers\[0\]\.address: "mqtt_1\.example\.com" has an underscore/g)).toHaveLength(1);
    expect(text).toMatch(/main\.ts:\d+\n\s*new BrokerPki/);
  });

  it("deploys without a question with --auto-approve, and a second time changes nothing", async () => {
    expect((await command(project, ["deploy", "--auto-approve"], chosen)).status).toBe(0);
    const before = project.files("pki");
    expect((await command(project, ["deploy", "--auto-approve"], chosen)).status).toBe(0);

    expect(Object.keys(before).sort()).toEqual([
      "brokers/mqtt-1.example.com/server.key",
      "brokers/mqtt-1.example.com/server.pem",
      "ca.key",
      "ca.pem",
    ]);
    expect(project.files("pki")).toEqual(before);
  });

  it("keeps the state, its backup and saved plans from other users' eyes", async () => {
    expect((await command(project, ["diff"], chosen)).status).toBe(0);
    const mode = (path: string): string => (statSync(project.path(path)).mode & 0o777).toString(8);

    expect(mode("terraform.mqtt.tfstate")).toBe("600");
    expect(mode("terraform.mqtt.tfstate.backup")).toBe("600");
    expect(mode("cdktf.out/stacks/mqtt")).toBe("700");
  });
});

describeEachBareEngine("npm run deploy:offline", (engine) => {
  const project = new Project(engine, { offline: true });
  const offline = (...parameters: string[]): Promise<Result> =>
    command(project, [...parameters, "--offline"], { ...project.env, TERRAFORM_BINARY_NAME: engine.program });

  beforeAll(() => {
    project.declareFleet(["mqtt-1.example.com"]);
  });
  afterAll(() => {
    project.remove();
  });

  it("deploys a fleet that declares no custody, with no provider, and a second time changes nothing", async () => {
    expect((await offline("deploy", "--auto-approve")).status).toBe(0);
    const before = project.files("pki");
    expect((await offline("deploy", "--auto-approve")).status).toBe(0);

    expect(Object.keys(before)).toContain("brokers/mqtt-1.example.com/server.json");
    expect(project.flaws()).toEqual([]);
    expect(project.files("pki")).toEqual(before);
    expect(existsSync(project.path("cdktf.out/stacks/mqtt/.terraform/providers"))).toBe(false);
    expect(project.read("terraform.mqtt.tfstate")).not.toContain("PRIVATE KEY");
  });

  it("goes on with --offline for the other commands", async () => {
    expect((await offline("diff")).text).toContain("found no differences");
    expect((await offline("destroy", "--auto-approve")).status).toBe(0);
    expect(Object.keys(project.files("pki")).sort()).toEqual(["ca.json", "ca.key", "ca.pem"]);
  });
});

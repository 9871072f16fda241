import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeEachEngine } from "./support/machine";
import { Project } from "./support/project";
import { run, type Result } from "./support/run";

const COMMAND = join(__dirname, "../../scripts/cdktf.ts");

describeEachEngine("npm run deploy", (engine) => {
  const project = new Project(engine);
  const command = (parameters: string[], env: NodeJS.ProcessEnv = {}, input = ""): Promise<Result> =>
    run(process.execPath, ["--import", "tsx", COMMAND, ...parameters], {
      cwd: project.folder,
      env: { TERRAFORM_BINARY_NAME: engine.program, ...env },
      input,
    });

  beforeAll(() => {
    project.declareFleet(["mqtt-1.example.com"]);
  });
  afterAll(() => {
    project.remove();
  });

  it("says what to install where there is no engine", async () => {
    const bin = mkdtempSync(join(tmpdir(), "bin-"));
    symlinkSync("/bin/sh", join(bin, "sh"));
    const { status, text } = await command(["deploy"], { PATH: bin });
    rmSync(bin, { recursive: true });

    expect(status).toBe(1);
    expect(text).toMatch(/^No engine: "\w+" cannot be run\.\nInstall Terraform 1\.4 or later/);
    expect(text).not.toContain("    at ");
  });

  it("names the page for networks without a registry where the providers cannot be had", async () => {
    // A mirror that has nothing: the registry is not asked, whether this machine could reach it or not.
    const empty = join(project.folder, "empty.tfrc");
    await run("sh", [
      "-c",
      `printf 'provider_installation {\\n filesystem_mirror {\\n path = "/nonexistent"\\n }\\n}\\n' > ${empty}`,
    ]);
    const { status, text } = await command(["deploy", "--auto-approve"], { TF_CLI_CONFIG_FILE: empty });

    expect(status).toBe(1);
    expect(text).toMatch(/^The providers hashicorp\/tls and hashicorp\/local cannot be had/);
    expect(text).toContain("docs/air-gapped.md");
    expect(text).not.toContain("    at ");
  });

  it("shows what is wrong with the declaration once, and where", async () => {
    project.declareFleet(["mqtt_1.example.com"]);
    const { status, text } = await command(["deploy", "--auto-approve"]);
    project.declareFleet(["mqtt-1.example.com"]);

    expect(status).toBe(1);
    expect(text.match(/brokers\[0\]\.address: "mqtt_1\.example\.com" has an underscore/g)).toHaveLength(1);
    expect(text).toContain("main.ts:4");
  });

  it("deploys without a question with --auto-approve, and a second time changes nothing", async () => {
    expect((await command(["deploy", "--auto-approve"])).status).toBe(0);
    const before = project.files("pki");
    expect((await command(["deploy", "--auto-approve"])).status).toBe(0);

    expect(Object.keys(before).sort()).toEqual([
      "brokers/mqtt-1.example.com/server.key",
      "brokers/mqtt-1.example.com/server.pem",
      "ca.key",
      "ca.pem",
    ]);
    expect(project.files("pki")).toEqual(before);
  });
});

import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type App, TerraformOutput, TerraformStack } from "cdktf";
import { BrokerPki, type BrokerPkiProps } from "../../lib";
import { inNewDirectory, synthesize } from "../support/synth";
import { BuiltProgram } from "./support/built-program";

const REPOSITORY = join(__dirname, "../..");
const { version } = JSON.parse(readFileSync(join(REPOSITORY, "package.json"), "utf8")) as { version: string };

describe("the command line, as it is in the package", () => {
  const program = new BuiltProgram();
  const { folder } = program;

  beforeAll(async () => {
    await program.build();
    mkdirSync(join(folder, "empty"));
  });
  afterAll(() => {
    program.remove();
  });

  function mqttPki(...parameters: string[]): SpawnSyncReturns<string> {
    return program.run(parameters);
  }

  /** Synthesizes an app in a new directory, and keeps the output as `name`. */
  function synth(name: string, declare: (app: App) => void): void {
    inNewDirectory(() => {
      synthesize(declare);
      cpSync("cdktf.out", join(folder, name), { recursive: true });
    });
  }

  it("mqtt-pki runs by its name, and prints its version", () => {
    expect(readFileSync(program.file, "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
    expect(mqttPki("--version")).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: "" });
  });

  it("mqtt-pki prints help to standard output on --help", () => {
    expect(mqttPki("--help")).toMatchObject({ status: 0, stdout: expect.stringContaining("affected") as string });
    expect(mqttPki("affected", "--help")).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("--base") as string,
    });
  });

  it.each([[[]], [["unheard-of"]], [["affected"]], [["affected", "--base"]], [["affected", "--unheard-of"]]])(
    "mqtt-pki exits 2 on wrong usage, with a message on standard error alone: %j",
    (parameters) => {
      const { status, stdout, stderr } = mqttPki(...parameters);

      expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
      expect(stderr).not.toBe("");
    },
  );

  it("mqtt-pki ends without an error if its reader closes the pipe", () => {
    const command = `"${process.execPath}" "${program.file}" --help`;
    const script = `{ sleep 1; ${command}; echo "status $?" >&2; } | true`;

    expect(spawnSync("sh", ["-c", script], { encoding: "utf8" }).stderr).toBe("status 0\n");
  });

  it("mqtt-pki reports missing rules if a link to them is broken", () => {
    symlinkSync("gone.yaml", join(folder, "mqtt-pki.yaml"));
    const { status, stderr } = spawnSync(process.execPath, [program.file, "inventory", "empty"], {
      cwd: folder,
      encoding: "utf8",
    });
    rmSync(join(folder, "mqtt-pki.yaml"));

    expect(stderr).toContain('"mqtt-pki.yaml" does not exist');
    expect(status).toBe(2);
  });

  describe("affected", () => {
    const brokers = [{ address: "mqtt-1.example.com" }];
    const fleet = (app: App, name: string, props: Partial<BrokerPkiProps> = {}): BrokerPki =>
      new BrokerPki(app, name, {
        authority: { subject: { commonName: "Test CA" } },
        directory: name,
        brokers,
        ...props,
      });
    const more = { brokers: [...brokers, { address: "mqtt-2.example.com" }] };

    beforeAll(() => {
      const declare =
        (ofLine: Partial<BrokerPkiProps> = {}) =>
        (app: App): void => {
          const { authority } = fleet(app, "plant");
          fleet(app, "line", { custody: "machine", ...ofLine });
          // For a stack without a declared backend, cdktf writes its working directory into the stack and references to it.
          const own = new TerraformStack(app, "own");
          new TerraformOutput(own, "ca", { value: authority.certificatePem });
        };
      synth("base", declare());
      synth("again", declare());
      synth("line-has-more", declare(more));
      synth("plant-changed", (app) => {
        fleet(app, "new");
        fleet(app, "plant", { ...more, keyVersion: 2 });
        fleet(app, "line", { custody: "machine" });
      });
    });

    const affected = (base: string, head: string, ...options: string[]): SpawnSyncReturns<string> =>
      mqttPki("affected", "--base", base, "--head", head, ...options);

    it("mqtt-pki affected exits 2 if its output cannot be written", () => {
      const command = `"${process.execPath}" "${program.file}" affected --base "$1" --head "$1"`;
      const script = ["-c", `${command} > /dev/full`, "sh", join(folder, "full")];
      synth("full", (app) => fleet(app, "mqtt"));
      const { status, stderr } = spawnSync("sh", script, { encoding: "utf8" });

      expect(stderr).toBe('error: "standard output" cannot be written (ENOSPC); check where it is redirected to\n');
      expect(status).toBe(2);
    });

    it("mqtt-pki affected finds nothing between two synths of one program in different folders", () => {
      expect(affected("base", "again", "--exit-code")).toMatchObject({
        status: 0,
        stdout: '{"include":[],"removed":[]}\n',
        stderr: "",
      });
    });

    it("mqtt-pki affected finds a stack of which only a file next to its text changed", () => {
      const text = (name: string): string => readFileSync(join(folder, name, "stacks/line/cdk.tf.json"), "utf8");
      synth("line-lasts", (app) => {
        const { authority } = fleet(app, "plant");
        fleet(app, "line", { custody: "machine", brokers: [{ address: "mqtt-1.example.com", keyVersion: 2 }] });
        new TerraformOutput(new TerraformStack(app, "own"), "ca", { value: authority.certificatePem });
      });

      expect(text("line-lasts")).toEqual(text("base"));
      expect(JSON.parse(affected("base", "line-lasts").stdout)).toMatchObject({ include: [{ stack: "line" }] });
    });

    it("mqtt-pki affected lists added, changed and removed stacks as a CI matrix", () => {
      const { status, stdout } = affected("base", "plant-changed");

      expect(status).toBe(0);
      expect(JSON.parse(stdout)).toEqual({
        include: [
          { stack: "new", change: "added", workingDirectory: "stacks/new", dependencies: [] },
          { stack: "plant", change: "changed", workingDirectory: "stacks/plant", dependencies: [] },
        ],
        removed: [{ stack: "own", change: "removed", workingDirectory: "stacks/own", dependencies: ["plant"] }],
      });
    });

    it("mqtt-pki affected --exit-code exits 1 on a difference", () => {
      expect(affected("base", "line-has-more", "--exit-code")).toMatchObject({
        status: 1,
        stdout:
          '{"include":[{"stack":"line","change":"changed","workingDirectory":"stacks/line","dependencies":[]}],"removed":[]}\n',
      });
    });

    it("mqtt-pki affected reports all stacks as added if the base is empty", () => {
      const { include } = JSON.parse(affected("empty", "base").stdout) as { include: { change: string }[] };

      expect(include.map(({ change }) => change)).toEqual(["added", "added", "added"]);
    });

    it("mqtt-pki affected refuses an empty head instead of reporting a removed fleet", () => {
      expect(affected("base", "empty")).toMatchObject({ status: 2, stdout: "" });
    });

    it.each([
      ["that is not there", "nowhere", '"nowhere" does not exist'],
      ["that is a file", "package.json", '"package.json" is not a directory'],
      ["below a file", "package.json/out", '"package.json/out" cannot be read (ENOTDIR)'],
      ["that holds other things", "node_modules", '"node_modules" has no manifest.json'],
    ])("mqtt-pki affected exits 2 with one line on a directory %s", (_, base, message) => {
      const { status, stdout, stderr } = affected(base, "base");

      expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
      expect(stderr).toMatch(/^error: .*\n$/);
      expect(stderr).toContain(message);
    });

    it("mqtt-pki affected exits 2 if a stack's file is missing", () => {
      cpSync(join(folder, "base"), join(folder, "broken"), { recursive: true });
      rmSync(join(folder, "broken/stacks/plant/cdk.tf.json"));
      writeFileSync(join(folder, "broken/stacks/line/cdk.tf.json"), "{");

      expect(affected("base", "broken").stderr).toMatch(/^error: "broken\/stacks\/(plant|line)\/cdk\.tf\.json" .*\n$/);
    });
  });
});

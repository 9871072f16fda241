import type { SpawnSyncReturns } from "node:child_process";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Inventory } from "../../lib/cli/inventory/entry";
import { ENGINES, fixture } from "../cli/fixtures";
import { makeServer } from "../cli/inventory/support";
import { makeAuthority } from "../support/authorities";
import { BuiltProgram } from "./support/built-program";
import { describeEachBareEngine } from "./support/machine";
import { Project } from "./support/project";
import { succeed } from "./support/run";

const program = new BuiltProgram();
const { folder } = program;

beforeAll(() => program.build());
afterAll(() => {
  program.remove();
});

/** Runs the built program. */
function inventory(args: readonly string[], input = ""): SpawnSyncReturns<string> {
  return program.run(["inventory", ...args], input);
}

describe("mqtt-pki inventory, as it is in the package", () => {
  beforeAll(() => {
    const broker = join(folder, "pki/brokers/mqtt-1.example.com");
    mkdirSync(broker, { recursive: true });
    const root = makeAuthority(folder, "Plant CA");
    cpSync(root.certificateFile, join(folder, "pki/ca.pem"));
    cpSync(makeServer(folder, "server", root).certificateFile, join(broker, "server.pem"));
  });

  it("mqtt-pki inventory lists a directory, without colours if its output is no terminal", () => {
    const { status, stdout, stderr } = inventory(["pki"]);

    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(
      /^ADDRESS {13}.*\nPlant CA \(authority\) .*\nmqtt-1\.example\.com .* 99 {2}yes .*\n\n2 certificates\. Nothing to do: 2\.\n$/,
    );
  });

  it.each(ENGINES)("mqtt-pki inventory lists a state of %s from standard input", (engine) => {
    const { status, stdout } = inventory(["--format", "csv"], fixture(engine, "state", "state"));

    expect(status).toBe(0);
    expect(stdout.split("\r\n")).toHaveLength(5);
  });

  it("mqtt-pki inventory exits 1 if a certificate expires soon, and 2 on wrong usage", () => {
    writeFileSync(join(folder, "no.json"), "[]");

    expect(inventory(["pki", "--expires-within", "30d"]).status).toBe(0);
    expect(inventory(["pki", "--expires-within", "20w"]).status).toBe(1);
    expect(inventory(["pki", "--expires-within", "soon"]).status).toBe(2);
    expect(inventory(["not-there"]).status).toBe(2);
    expect(inventory(["no.json"]).status).toBe(2);
  });
});

describeEachBareEngine("mqtt-pki inventory of a fleet that was deployed with custody machine", (engine) => {
  const project = new Project(engine);

  beforeAll(async () => {
    project.declareFleet(["mqtt-1.example.com", "192.0.2.10"], 'custody: "machine",');
    await project.synth();
    await project.apply();
  });
  afterAll(() => {
    project.remove();
  });

  it("mqtt-pki inventory accepts a fleet of custody machine, with the names, keys and dates of its state", async () => {
    const state = await succeed(engine.program, ["show", "-json"], { cwd: project.stackFolder });
    const listed = (args: readonly string[], input = ""): Inventory =>
      JSON.parse(inventory([...args, "--format", "json"], input).stdout) as Inventory;
    const [inFiles, inState] = [listed([project.path("pki")]).certificates, listed([], state).certificates];
    const common = (entries: Inventory["certificates"]) =>
      entries.map(({ kind, address, names, keyType, generation, daysLeft }) => [
        kind,
        address,
        names,
        keyType,
        generation,
        daysLeft,
      ]);

    expect(inFiles.map(({ accepted, reasons }) => ({ accepted, reasons }))).toEqual(
      Array(3).fill({ accepted: true, reasons: [] }),
    );
    expect(common(inFiles)).toEqual(common(inState));
  });
});

import { cpSync, renameSync, rmSync } from "node:fs";
import { expectConvergence } from "./support/convergence";
import { describeOneBareEngine, trySynth } from "./support/custodies";
import { BROKERS, FIRST, declare } from "./support/machine-directory";
import { Project } from "./support/project";
import { readRecords, writeRecords } from "./support/records";

describeOneBareEngine("a saved plan", (engine) => {
  const project = new Project(engine, { withoutProviders: true });

  beforeAll(async () => {
    await declare(project);
    await project.apply();
    renameSync(project.path(FIRST, "server.pem"), project.path("old.pem"));
    await project.planned("-out=saved");
    project.keep();
  });
  beforeEach(() => {
    project.restore();
  });
  afterAll(() => {
    project.remove();
  });

  const copy = (from: string, to: string): void => {
    cpSync(project.path(from), project.path(to));
  };

  it.each<[string, () => void | Promise<void>]>([
    [
      "what it would make was put back",
      () => {
        copy("old.pem", `${FIRST}/server.pem`);
      },
    ],
    [
      "another broker's certificate is missing",
      () => {
        rmSync(project.path("pki/brokers/mqtt-2.example.com/server.pem"));
      },
    ],
    [
      "another broker's key is another one",
      () => {
        copy(`${FIRST}/server.key`, "pki/brokers/mqtt-2.example.com/server.key");
      },
    ],
    [
      "the authority's key is another one",
      () => {
        copy(`${FIRST}/server.key`, "pki/ca.key");
      },
    ],
    [
      "the authority's certificate is another one",
      () => {
        copy("pki/brokers/mqtt-2.example.com/server.pem", "pki/ca.pem");
      },
    ],
    [
      "the authority's records are gone",
      () => {
        rmSync(project.path("pki/authorities.records"));
      },
    ],
    [
      "the brokers' records have another one",
      () => {
        const { removed, brokers } = readRecords(project, "brokers");
        const record = brokers["brokers/mqtt-2.example.com"];
        if (record !== undefined) {
          writeRecords(project, "brokers", { removed, brokers: { ...brokers, "brokers/x": record } });
        }
      },
    ],
    [
      "another name is declared",
      async () => {
        const [first = "", ...others] = BROKERS;
        const renamed = `{ address: "${first}", alternativeAddresses: ["mqtt.example.com"] }`;
        project.declareFleet([renamed, ...others], 'custody: "machine"');
        expect(await trySynth(project)).toMatchObject({ status: 0 });
      },
    ],
  ])("A saved plan is refused if %s since then, and no file changes", async (_what, change) => {
    await change();
    const before = project.files("pki");
    const { status } = await project.run("apply", "-no-color", "saved");

    expect(status).toBe(1);
    expect(project.files("pki")).toEqual(before);
  });

  it("A saved plan is applied if nothing changed", async () => {
    expect(await project.run("apply", "-no-color", "saved")).toMatchObject({ status: 0 });
    await expectConvergence(project, BROKERS);
  });
});

import { existsSync, mkdirSync, renameSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expectConvergence } from "./support/convergence";
import { CUSTODIES, describeOneBareEngine } from "./support/custodies";
import { machine } from "./support/machine";
import { Project } from "./support/project";
import { readRecords, writeRecords } from "./support/records";
import { succeed } from "./support/run";
import { shakeHands } from "./support/tls-server";

const LOOPBACK = "::1";
const FOLDER = "0--1";

describe.each(CUSTODIES)("custody %s", (custody, describeEach) => {
  describeEach(
    "the folder of ::1",
    (engine) => {
      const project = new Project(engine, { withoutProviders: custody === "machine" });

      beforeAll(async () => {
        project.declareFleet([LOOPBACK], `custody: "${custody}"`);
        await project.synth();
        await project.apply();
        mkdirSync(project.path("copies"));
      });
      afterAll(() => {
        project.remove();
      });

      it.each<[program: string, parameters: readonly string[]]>([
        ["cp", ["-r", FOLDER, "../../copies"]],
        ["cat", [`${FOLDER}/server.pem`, `${FOLDER}/server.key`]],
        ["ls", [FOLDER]],
        ["tar", ["-cf", "../../copies/one.tar", FOLDER]],
        ["sh", ["-c", "tar -cf ../../copies/all.tar * && cp -r * ../../copies && ls *"]],
      ])("The folder of the address ::1 has a name that %s takes for no option", async (program, parameters) => {
        await succeed(program, parameters, { cwd: project.path("pki/brokers") });
      });

      it("A broker with the address ::1 serves with the key and certificate of its folder", async () => {
        const folder = project.path("pki/brokers", FOLDER);

        expect(await shakeHands(folder, LOOPBACK, project.path("pki/ca.pem"))).toMatchObject({ status: 0 });
      });
    },
    [machine().openssl],
  );
});

describeOneBareEngine("a directory with the old folder --1 of ::1", (engine) => {
  const project = new Project(engine, { withoutProviders: true });

  beforeAll(async () => {
    project.declareFleet([LOOPBACK, "mqtt-1.example.com"], 'custody: "machine"');
    await project.synth();
    await project.apply();
    renameSync(project.path("pki/brokers", FOLDER), project.path("pki/brokers/--1"));
    const { removed, brokers } = readRecords(project, "brokers");
    const entries = Object.entries(brokers).map(([folder, record]) => [folder.replace(FOLDER, "--1"), record] as const);
    writeRecords(project, "brokers", { removed, brokers: Object.fromEntries(entries) });
    // A plan's time has whole seconds: a second deployment within the same second would look the same.
    await sleep(1000);
  });
  afterAll(() => {
    project.remove();
  });

  it("A directory with the old folder --1 gets the new folder and loses the old; the plan shows both", async () => {
    expect(await project.planned()).toMatchObject({ [`brokers/${FOLDER}`]: "new", removed: "removes brokers/--1" });
    await project.apply();

    expect(existsSync(project.path("pki/brokers/--1"))).toBe(false);
    await expectConvergence(project, [FOLDER, "mqtt-1.example.com"]);
  });
});

import { existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { AskingApply } from "./support/asking-apply";
import { expectConvergence } from "./support/convergence";
import { changed, describeOneBareEngine, errorsOf, keysAndCertificates } from "./support/custodies";
import { forgetTornState, killApply, letGoOn } from "./support/kill";
import { BROKERS, FIRST, declare, fleetFor, expectStop } from "./support/machine-fleet";
import { Project } from "./support/project";
import { readRecords, writeRecords } from "./support/records";

describeOneBareEngine("a killed apply", (engine) => {
  const MANY = Array.from({ length: 30 }, (_, index) => `mqtt-${index}.example.com`);
  const project = fleetFor(engine, MANY);

  const placed = (): number =>
    MANY.filter((broker) => existsSync(project.path("pki/brokers", broker, "server.pem"))).length;

  const isThere = (path: string): boolean => existsSync(project.path("pki", path));

  // A journal exists for milliseconds. If the test misses it, the next file shows the same.
  it.each<[string, () => boolean]>([
    ["the directory is there", () => isThere(".")],
    ["the authority is in the making", () => isThere("authorities.journal") || isThere("authorities.records")],
    ["the authority is there", () => isThere("authorities.records")],
    ["brokers are in the making", () => isThere("brokers.journal") || placed() >= 1],
    ["the first broker is there", () => placed() >= 1],
    ["half of the brokers are there", () => placed() >= MANY.length / 2],
  ])("An apply killed as soon as %s is finished by the next one, with all whole files", async (_when, isTime) => {
    expect(await killApply(engine, project, isTime)).toBe(true);
    const before = keysAndCertificates(project);
    // A key without a certificate was never in use.
    const whole = Object.keys(before).filter((path) => path.replace(/\w+$/, "pem") in before);
    const withdraw = letGoOn(project);
    await project.apply();
    withdraw();
    await expectConvergence(project, MANY);

    const after = keysAndCertificates(project);
    expect(whole.map((path) => [path, after[path]])).toEqual(whole.map((path) => [path, before[path]]));
  });
});

describeOneBareEngine("a killed first step of a rollover", (engine) => {
  const project = new Project(engine, { withoutProviders: true });
  project.variables = { trust: "changeit" };

  async function declareGenerations(...generations: readonly number[]): Promise<void> {
    const authorities = generations.map((one) => `{ generation: ${one}, subject: { commonName: "CA ${one}" } }`);
    project.declare(`new BrokerPki(app, "mqtt", {
      custody: "machine",
      authority: [${authorities.join(", ")}],
      signingGeneration: 1,
      keyAlgorithm: KeyAlgorithm.ECDSA_P256,
      trustForms: ["pem", "pkcs12"],
      truststorePasswordVariable: "trust",
      brokers: [{ address: "mqtt-1.example.com" }],
    });`);
    await project.synth();
  }
  const trusted = (file: string): number => project.read("pki", file).split("BEGIN CERTIFICATE").length - 1;

  afterAll(() => {
    project.remove();
  });

  it("An apply killed when ca.pem has the new generation is finished by the next one, without pki/take-over", async () => {
    await declareGenerations(1);
    await project.apply();
    await declareGenerations(1, 2);
    await killApply(engine, project, () => trusted("ca.pem") === 2);
    forgetTornState(project);
    await project.apply();

    expect(trusted("ca.pem")).toBe(2);
    expect(Object.keys(project.files("pki/trust"))).toEqual(expect.arrayContaining(["ca-2.pem", "truststore.p12"]));
    expect((await project.plan()).status).toBe(0);
  });
});

describeOneBareEngine("two applies at once", (engine) => {
  const project = new Project(engine, { withoutProviders: true });

  beforeAll(async () => {
    await declare(project, BROKERS);
  });
  afterAll(() => {
    project.remove();
  });

  it("A second apply at the same time gets the lock error, and the first one completes", async () => {
    const first = await AskingApply.start(engine, project);
    const second = await project.tryApply();

    expect(second.status).toBe(1);
    expect(errorsOf(second).kinds).toEqual(["Error acquiring the state lock"]);
    expect(existsSync(project.path("pki"))).toBe(false);
    first.approve();
    expect((await first.result()).status).toBe(0);
    await expectConvergence(project, BROKERS);
  });
});

describeOneBareEngine("files of a stopped apply", (engine) => {
  const project = fleetFor(engine, BROKERS, (fleet) => fleet.apply());
  const [folder] = [FIRST.replace("pki/", "")];
  const NAMES = ["server.key", "server.pem"];

  /** Moves files to where a run has them before it moves them into place. */
  const takeBack = (...names: string[]): void => {
    for (const name of names) {
      renameSync(project.path(FIRST, name), project.path(FIRST, `${name}.new`));
    }
  };
  /** Writes a line into the journal, as a run does. */
  const note = (line: string): void => {
    writeFileSync(project.path("pki/brokers.journal"), line, { mode: 0o600 });
  };
  const lineOf = (records = readRecords(project, "brokers")): string =>
    `${JSON.stringify([folder, records.brokers[folder]])}\n`;
  /** Deletes the record of the first broker. */
  const forget = (): void => {
    const records = readRecords(project, "brokers");
    const { [folder]: _, ...brokers } = records.brokers;
    writeRecords(project, "brokers", { ...records, brokers });
  };

  const STOPPED = [
    ["all of them", NAMES],
    ["the certificate", ["server.pem"]],
    ["none", []],
  ] as const;
  // Engines may write a resource into the state before its provisioner has finished.
  const STATES = ["a state that knows them", "no state"] as const;

  it.each(STATES.flatMap((state) => STOPPED.map(([which, names]) => [state, which, names] as const)))(
    "The next apply moves files of a stopped one into place if the journal has them: with %s, %s",
    async (state, _which, names) => {
      const before = project.files("pki");
      note(lineOf());
      forget();
      takeBack(...names);
      if (state === "no state") {
        rmSync(project.path("terraform.mqtt.tfstate"));
        await expectStop(project, "pki belongs to the fleet mqtt, workspace default,", "take-over");
      }
      const withdraw = letGoOn(project);

      expect(await project.planned()).toMatchObject({ [folder]: "finished: a deployment was stopped" });
      await project.apply();
      withdraw();
      expect(changed(before, project.files("pki")).filter((path) => /\.(key|pem)/.test(path))).toEqual([]);
      await expectConvergence(project, BROKERS);
    },
  );

  it("A certificate of a stopped renewal is moved into place by the next apply, and the plan shows it", async () => {
    rmSync(project.path(FIRST, "server.pem"));
    await project.apply();
    const [renewed, line] = [project.read(FIRST, "server.pem"), lineOf()];
    project.restore();
    note(line);
    writeFileSync(project.path(FIRST, "server.pem.new"), renewed);

    expect(await project.planned()).toEqual({ [folder]: "finished: a deployment was stopped" });
    await expectConvergence(project, BROKERS);
    expect(project.read(FIRST, "server.pem")).toBe(renewed);
  });

  it("A file of a stopped apply that differs from its journal is not used", async () => {
    const before = project.files("pki");
    note(lineOf());
    writeFileSync(project.path(FIRST, "server.pem.new"), "made by hand");

    await expectConvergence(project, BROKERS);
    expect(changed(before, project.files("pki"))).toEqual(["brokers.records"]);
    expect(project.read(FIRST, "server.pem")).not.toBe("made by hand");
  });

  it.each([
    ["not there", () => ""],
    ["cut short", (line: string) => line.slice(0, line.length / 2)],
  ])("Files of a stopped apply are deleted if their line in the journal is %s", async (_how, harm) => {
    note(harm(lineOf()));
    forget();
    takeBack(...NAMES);
    const key = project.read(FIRST, "server.key.new");

    expect(await project.planned()).toEqual({ [folder]: "new" });
    await expectConvergence(project, BROKERS);
    expect(project.read(FIRST, "server.key")).not.toBe(key);
  });

  it("Files of a stopped apply are deleted if the files in place are whole", async () => {
    const before = project.files("pki");
    note("");
    for (const name of NAMES) {
      writeFileSync(project.path(FIRST, `${name}.new`), "half a k", { mode: 0o600 });
    }
    // An engine leaves the resource tainted if its program was stopped.
    expect(await project.run("taint", "terraform_data.brokers")).toMatchObject({ status: 0 });

    await expectConvergence(project, BROKERS);
    expect(changed(before, project.files("pki"))).toEqual(["brokers.records"]);
  });
});

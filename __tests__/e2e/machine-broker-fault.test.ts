import { setTimeout as sleep } from "node:timers/promises";
import { changed, describeOneBareEngine, wordsOf } from "./support/custodies";
import { Project } from "./support/project";
import { readRecords } from "./support/records";
import { allOf } from "./support/run";

describeOneBareEngine("a broker that cannot be made", (engine) => {
  const project = new Project(engine, { withoutProviders: true });

  afterAll(() => {
    project.remove();
  });

  it("A broker that cannot be made stops no other, is named, and is made by the next deployment", async () => {
    // The engine has the password; the program does not.
    project.declareFleet(
      ["mqtt-1.example.com", '{ address: "mqtt-2.example.com", passwordVariable: "second" }', "mqtt-3.example.com"],
      'custody: "machine"',
    );
    await project.synth();
    const result = await project.tryApply("-var", "second=S3cr3t");
    const words = wordsOf(allOf(result));

    expect(result.status).toBe(1);
    expect(words).toContain("1 of 3 brokers failed, 2 succeeded:");
    expect(words).toContain("brokers/mqtt-2.example.com:");
    expect(words).toContain("TF_VAR_second");
    expect(words).not.toContain("S3cr3t");
    const made = project.files("pki");
    expect(Object.keys(readRecords(project, "brokers").brokers)).toEqual([
      "brokers/mqtt-1.example.com",
      "brokers/mqtt-3.example.com",
    ]);
    expect(Object.keys(made).filter((path) => path.startsWith("brokers/"))).toHaveLength(4);

    project.variables = { second: "S3cr3t" };
    // Within the second of the failed plan, the token would be the same.
    await sleep(1000);
    expect(await project.planned()).toEqual({ "brokers/mqtt-2.example.com": "new" });
    await project.apply();
    const pems = changed(made, project.files("pki")).filter((path) => /\.(key|pem)$/.test(path));
    expect(pems).toEqual(["key", "pem"].map((name) => `brokers/mqtt-2.example.com/server.${name}`));
    expect(project.flaws({ "brokers/mqtt-2.example.com/server.key": "S3cr3t" })).toEqual([]);
    expect(await project.planned()).toEqual({});
  });
});

import { chmodSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { describeEachEngine } from "./support/machine";
import { wordsOf, describeOneEngine } from "./support/custodies";
import { stateOf } from "./support/kill";
import type { Result } from "./support/run";
import { Project } from "./support/project";
import { allOf } from "./support/run";

/** The error of an engine that refused a plan. */
function errorOf({ stderr }: Result): string {
  return wordsOf(stderr).replace(/.*?Error: /, "");
}

const BROKERS = ["mqtt-1.example.com", "192.0.2.10", "2001:db8::10"];

describeEachEngine("a deployed fleet", (engine) => {
  const project = new Project(engine);

  beforeAll(async () => {
    project.declareFleet(BROKERS);
    await project.deploy("000");
    writeFileSync(project.path("pki/notes.txt"), "not ours");
  });
  afterAll(() => {
    project.remove();
  });

  it("A deployment writes keys and certificates with exact modes under any umask", () => {
    const modes = Object.entries(project.files("pki")).map(([path, { mode }]) => `${mode} ${path}`);

    expect(modes.filter((line) => !line.endsWith("notes.txt")).sort()).toEqual([
      "600 brokers/192.0.2.10/server.key",
      "600 brokers/2001-db8--10/server.key",
      "600 brokers/mqtt-1.example.com/server.key",
      "600 ca.key",
      "644 brokers/192.0.2.10/server.pem",
      "644 brokers/2001-db8--10/server.pem",
      "644 brokers/mqtt-1.example.com/server.pem",
      "644 ca.pem",
    ]);
    for (const folder of ["pki", "pki/brokers", "pki/brokers/192.0.2.10"]) {
      expect(statSync(project.path(folder)).mode & 0o777).toBe(0o700);
    }
  });

  it("A deployment leaves state, backup and stack folder to the user who deploys, under any umask", () => {
    const modes = ["terraform.mqtt.tfstate", "terraform.mqtt.tfstate.backup", "cdktf.out/stacks/mqtt"].map((path) =>
      (statSync(project.path(path)).mode & 0o777).toString(8),
    );

    expect(modes).toEqual(["600", "600", "700"]);
  });

  it("A deployment writes keys as PKCS#8", () => {
    const keys = Object.entries(project.files("pki")).filter(([path]) => path.endsWith(".key"));

    expect(keys).toHaveLength(4);
    for (const [, { content }] of keys) {
      expect(content).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    }
  });

  it("A plan is empty after a deployment", async () => {
    expect((await project.plan()).status).toBe(0);
  });

  it("A plan names a broker by its address, and -target accepts that name", async () => {
    const name = "tls_locally_signed_cert.broker_mqtt-1_example_com";
    const { status, stdout } = await project.plan(`-replace=${name}`, `-target=${name}`);

    expect(status).toBe(2);
    expect(stdout).toContain(`# ${name} will be replaced, as requested`);
    expect(stdout).toContain("1 to add, 0 to change, 1 to destroy");
  });

  it("A deployment writes a deleted file again as it was, and touches no other", async () => {
    const before = project.files("pki");
    rmSync(project.path("pki/brokers/192.0.2.10/server.key"));
    await project.apply();
    const after = project.files("pki");

    expect(after["brokers/192.0.2.10/server.key"]?.content).toBe(before["brokers/192.0.2.10/server.key"]?.content);
    expect(after["brokers/192.0.2.10/server.key"]?.mode).toBe("600");
    delete before["brokers/192.0.2.10/server.key"];
    expect(after).toMatchObject(before);
  });

  it("A deployment issues one certificate for an added broker at any place in the list, and touches no other file", async () => {
    const before = project.files("pki");
    const known = project.state();
    project.declareFleet(["added.example.com", ...BROKERS.toReversed()]);
    await project.synth();
    await project.apply();
    const after = project.files("pki");

    expect(project.state()).toMatchObject(known);
    expect(Object.keys(project.state()).filter((address) => !(address in known))).toHaveLength(5);
    expect(after).toMatchObject(before);
    expect(
      Object.keys(after)
        .filter((path) => !(path in before))
        .sort(),
    ).toEqual(["brokers/added.example.com/server.key", "brokers/added.example.com/server.pem"]);
  });

  it("A deployment deletes the files of a removed broker alone", async () => {
    const before = project.files("pki");
    const known = project.state();
    project.declareFleet(["added.example.com", "mqtt-1.example.com", "192.0.2.10"]);
    await project.synth();
    await project.apply();
    const after = project.files("pki");

    expect(known).toMatchObject(project.state());
    expect(Object.keys(known).filter((address) => !(address in project.state()))).toHaveLength(5);
    delete before["brokers/2001-db8--10/server.key"];
    delete before["brokers/2001-db8--10/server.pem"];
    expect(after).toEqual(before);
  });

  it("A wrong declaration changes nothing", async () => {
    const before = [project.files("pki"), project.files("cdktf.out"), project.read("terraform.mqtt.tfstate")];
    project.declareFleet(["mqtt-1.example.com", "mqtts://mqtt-2.example.com:8883", "MQTT-1.example.com"]);
    const result = await project.cdktf(["deploy", "--auto-approve"]);
    const text = allOf(result);

    expect(result.status).toBe(1);
    expect(text).toContain('2 problems in the fleet "mqtt"');
    expect(text).toContain('brokers[1].address: "mqtts://mqtt-2.example.com:8883" has a scheme');
    expect(text).toContain('brokers[2].address: "MQTT-1.example.com" is the same broker as brokers[0].address');
    expect([project.files("pki"), project.files("cdktf.out"), project.read("terraform.mqtt.tfstate")]).toEqual(before);
  });

  it("A synth refuses a key file whose mode is looser than declared", async () => {
    project.declareFleet(["mqtt-1.example.com", "192.0.2.10"]);
    chmodSync(project.path("pki/brokers/192.0.2.10/server.key"), 0o644);
    const result = await project.cdktf(["synth"]);
    const text = allOf(result);

    expect(result.status).toBe(1);
    expect(text).toContain("pki/brokers/192.0.2.10/server.key");
    expect(text).toContain("exists with mode 0644, which a deployment would keep; run: chmod 0600");
    chmodSync(project.path("pki/brokers/192.0.2.10/server.key"), 0o600);
  });

  it("preventDestroy protects the authority from a destroy and from a replacing declaration", async () => {
    const before = [project.files("pki"), project.read("terraform.mqtt.tfstate")];
    const destroyed = await project.tryApply("-destroy");
    project.declareFleet(BROKERS, "", "duration: Duration.days(3000)");
    await project.synth();
    const replaced = await project.plan();

    expect(destroyed.status).toBe(1);
    expect(errorOf(destroyed)).toMatch(/tls_\w+\.authority has .*prevent_destroy set/);
    expect(replaced.status).toBe(1);
    expect(errorOf(replaced)).toMatch(/tls_self_signed_cert\.authority has .*prevent_destroy set/);
    expect([project.files("pki"), project.read("terraform.mqtt.tfstate")]).toEqual(before);
  });

  it("A permitted destroy leaves none of the fleet's files, and every other file", async () => {
    project.declareFleet(BROKERS, "", "preventDestroy: false");
    await project.synth();
    await project.apply("-destroy");

    expect(Object.keys(project.files("pki"))).toEqual(["notes.txt"]);
    expect(existsSync(project.path("pki/brokers"))).toBe(false);
  });

  it("cdktf prints no key in its output", async () => {
    const text = (await project.deploy()) + allOf(await project.cdktf(["diff"])) + (await project.destroy());

    expect(text).toContain("tls_private_key.authority");
    expect(text).not.toContain("PRIVATE KEY");
  });
});

describeOneEngine("files that exist before the first deployment", (engine) => {
  const project = new Project(engine);

  beforeEach(() => {
    mkdirSync(project.path("pki/brokers/mqtt-1.example.com"), { recursive: true });
    project.declareFleet(["mqtt-1.example.com"]);
  });
  afterEach(() => {
    rmSync(project.path("pki"), { recursive: true });
  });
  afterAll(() => {
    project.remove();
  });

  it.each(["pki/ca.key", "pki/brokers/mqtt-1.example.com/server.key"])(
    "Existing files stop a first plan, with any mode, so that %s is not overwritten",
    async (path) => {
      writeFileSync(project.path(path), "made by hand", { mode: 0o600 });
      const deployed = await project.cdktf(["deploy", "--auto-approve"]);
      const planned = await project.plan();

      expect(deployed.status).toBe(1);
      expect(planned.status).toBe(1);
      expect(wordsOf(planned.stderr)).toContain(
        `files that this state does not manage, and that would be overwritten: ${path.replace("pki/", "")}.`,
      );
      expect(Object.keys(project.files("pki"))).toEqual([path.replace("pki/", "")]);
      expect(project.read(path)).toBe("made by hand");
      expect(stateOf(project)).toBe("empty");
    },
  );

  it("A synth refuses an existing key file with a loose mode", async () => {
    const path = project.path("pki/brokers/mqtt-1.example.com/server.key");
    writeFileSync(path, "made by hand");
    chmodSync(path, 0o666);
    const result = await project.cdktf(["deploy", "--auto-approve"]);

    expect(result.status).toBe(1);
    expect(allOf(result)).toContain("exists with mode 0666, which a deployment would keep");
    expect(project.read("pki/brokers/mqtt-1.example.com/server.key")).toBe("made by hand");
  });
});

describeOneEngine("outputs instead of files", (engine) => {
  const project = new Project(engine);

  beforeAll(async () => {
    project.declareFleet(BROKERS, "files: false, outputs: true");
    await project.deploy();
  });
  afterAll(() => {
    project.remove();
  });

  it("A fleet with outputs instead of files has three resources a broker, and writes nothing", () => {
    expect(Object.keys(project.state())).toHaveLength(3 * BROKERS.length + 4);
    expect(existsSync(project.path("pki"))).toBe(false);
  });

  it("Outputs are maps by address, and those of keys are sensitive", async () => {
    const { ca_pem, ca_key, server_certificates, server_keys } = await project.outputs();

    expect(ca_pem).toMatchObject({ sensitive: false, value: expect.stringContaining("BEGIN CERTIFICATE") as string });
    expect(ca_key).toMatchObject({ sensitive: true, value: expect.stringContaining("BEGIN PRIVATE KEY") as string });
    expect(server_certificates?.sensitive).toBe(false);
    expect(server_keys?.sensitive).toBe(true);
    expect(Object.keys(server_certificates?.value ?? {}).sort()).toEqual(BROKERS.toSorted());
    expect(Object.keys(server_keys?.value ?? {}).sort()).toEqual(BROKERS.toSorted());
  });

  it("A plan is empty after a deployment with outputs instead of files", async () => {
    expect((await project.plan()).status).toBe(0);
  });
});

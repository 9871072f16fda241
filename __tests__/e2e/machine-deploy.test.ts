import { existsSync, mkdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { changed, describeOneBareEngine, letAuthorityEnd, wordsOf } from "./support/custodies";
import { describeEachBareEngine } from "./support/machine";
import { type FileFacts, Project } from "./support/project";
import { run, allOf } from "./support/run";

const BROKERS = ["mqtt-1.example.com", "192.0.2.10", "2001:db8::10"];

type Files = Record<string, FileFacts>;

/** The files that change together with these files of a broker. */
function filesOf(folder: string, ...names: string[]): string[] {
  return ["brokers.records", ...names.map((name) => `brokers/${folder}/${name}`)];
}

/** Declares a fleet and synthesizes it for the engine. */
async function declare(project: Project, brokers: readonly string[], options = ""): Promise<void> {
  project.declareFleet(brokers, `custody: "machine", ${options}`);
  await project.synth();
}

describeEachBareEngine("a deployment", (engine) => {
  const projects = [
    new Project(engine, { withoutProviders: true }),
    new Project(engine, { withoutProviders: true }),
  ] as const;

  beforeAll(async () => {
    for (const [index, umask] of ["000", "077"].entries()) {
      const project = projects[index as 0 | 1];
      project.declareFleet(BROKERS, 'custody: "machine"');
      await project.deploy(umask);
    }
  });
  afterAll(() => {
    for (const project of projects) {
      project.remove();
    }
  });

  describe.each([
    ["000", projects[0]],
    ["077", projects[1]],
  ])("under umask %s", (_umask, project) => {
    it("A deployment with custody machine writes keys, certificates and records with exact modes", () => {
      const modes = Object.entries(project.files("pki")).map(([path, { mode }]) => `${mode} ${path}`);

      expect(modes.sort()).toEqual([
        "600 authorities.records",
        "600 brokers.records",
        "600 brokers/192.0.2.10/server.key",
        "600 brokers/2001-db8--10/server.key",
        "600 brokers/mqtt-1.example.com/server.key",
        "600 ca.key",
        "600 owner.json",
        "644 brokers/192.0.2.10/server.pem",
        "644 brokers/2001-db8--10/server.pem",
        "644 brokers/mqtt-1.example.com/server.pem",
        "644 ca.pem",
      ]);
      for (const folder of ["pki", "pki/brokers", "pki/brokers/192.0.2.10"]) {
        expect(statSync(project.path(folder)).mode & 0o777).toBe(0o700);
      }
    });

    it("A plan is empty after a deployment with custody machine", async () => {
      expect(await project.planned()).toEqual({});
      expect((await project.plan()).status).toBe(0);
    });
  });

  const [project] = projects;

  it("Custody machine writes keys as PKCS#8", () => {
    const keys = Object.entries(project.files("pki")).filter(([path]) => path.endsWith(".key"));

    expect(keys).toHaveLength(4);
    for (const [, { content }] of keys) {
      expect(content).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    }
  });

  it("Custody machine writes certificates that fit their keys and pass openssl's strict verification", async () => {
    expect(project.flaws()).toEqual([]);
    const strict = ["verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", project.path("pki/ca.pem")];
    const names = [
      ["mqtt-1.example.com", "-verify_hostname", "mqtt-1.example.com"],
      ["192.0.2.10", "-verify_ip", "192.0.2.10"],
      ["2001-db8--10", "-verify_ip", "2001:db8::10"],
    ] as const;
    for (const [folder, option, name] of names) {
      const pem = project.path("pki/brokers", folder, "server.pem");

      expect(await run("openssl", [...strict, option, name, pem])).toMatchObject({ status: 0, stdout: `${pem}: OK\n` });
      expect((await run("openssl", [...strict, "-verify_hostname", "other.example.com", pem])).status).not.toBe(0);
    }
  });

  it("Custody machine installs no provider, and needs none", async () => {
    expect((await project.run("providers")).stdout.match(/provider\[.*?\]/g)).toEqual(
      expect.not.arrayContaining([expect.not.stringContaining("terraform.io/builtin/terraform")]),
    );
    for (const { stackFolder } of projects) {
      expect(existsSync(stackFolder)).toBe(true);
      expect(existsSync(`${stackFolder}/.terraform/providers`)).toBe(false);
    }
  });

  it("Custody machine has a resource for the authority, one for all brokers, and two for the directory", () => {
    expect(Object.keys(project.state()).sort()).toEqual([
      "terraform_data.authority",
      "terraform_data.brokers",
      "terraform_data.files",
      "terraform_data.owner",
    ]);
  });
});

describeOneBareEngine("a deployed fleet", (engine) => {
  const project = new Project(engine, { withoutProviders: true });
  let before: Files;

  beforeAll(async () => {
    await declare(project, BROKERS);
    await project.apply();
    writeFileSync(project.path("pki/notes.txt"), "not ours");
    mkdirSync(project.path("pki/brokers/not-ours"));
    writeFileSync(project.path("pki/brokers/not-ours/notes.txt"), "not ours");
    for (const path of Object.keys(project.files("pki"))) {
      // Old timestamps, which a rewritten file cannot have by chance.
      utimesSync(project.path("pki", path), 1e9, 1e9);
    }
    project.keep();
  });
  beforeEach(() => {
    project.restore();
    before = project.files("pki");
  });
  afterAll(() => {
    project.remove();
  });

  /** Applies; expects that only this changed since the test began, that all files fit, and that the plan is empty. */
  async function applyChanging(...paths: string[]): Promise<void> {
    await project.apply();
    expect(changed(before, project.files("pki"))).toEqual(paths.sort());
    expect(project.flaws()).toEqual([]);
    expect(await project.planned()).toEqual({});
  }

  it("Custody machine makes files for an added broker at any place in the list, and touches no other", async () => {
    const { "terraform_data.brokers": _, ...known } = project.state();
    await declare(project, ["added.example.com", ...BROKERS.toReversed()]);

    expect(await project.planned()).toEqual({ "brokers/added.example.com": "new" });
    await applyChanging(...filesOf("added.example.com", "server.key", "server.pem"));
    expect(project.state()).toMatchObject(known);
  });

  it("Custody machine re-issues a deleted certificate alone, with the same key", async () => {
    rmSync(project.path("pki/brokers/192.0.2.10/server.pem"));

    expect(await project.planned()).toEqual({
      "brokers/192.0.2.10": "new certificate, same key: server.pem is missing or changed",
    });
    await applyChanging(...filesOf("192.0.2.10", "server.pem"));
  });

  it("Custody machine makes a new key and certificate for a deleted key alone", async () => {
    rmSync(project.path("pki/brokers/192.0.2.10/server.key"));

    expect(await project.planned()).toEqual({
      "brokers/192.0.2.10": "new key and certificate: server.key is missing",
    });
    await applyChanging(...filesOf("192.0.2.10", "server.key", "server.pem"));
  });

  it.each([
    ["another name", 'alternativeAddresses: ["mqtt.example.com"]'],
    ["another duration", "duration: Duration.days(400)"],
    ["another subject", 'subject: { organization: "Example Ltd" }'],
  ])("Custody machine re-issues the certificate for %s alone, with the same key", async (_what, option) => {
    await declare(project, ["mqtt-1.example.com", `{ address: "192.0.2.10", ${option} }`, "2001:db8::10"]);

    expect(await project.planned()).toEqual({
      "brokers/192.0.2.10": "new certificate, same key: another is declared",
    });
    await applyChanging(...filesOf("192.0.2.10", "server.pem"));
  });

  it("Custody machine makes a new key and certificate for another algorithm, for that broker alone", async () => {
    const broker = '{ address: "192.0.2.10", keyAlgorithm: KeyAlgorithm.ECDSA_P384 }';
    await declare(project, ["mqtt-1.example.com", broker, "2001:db8::10"]);

    expect(await project.planned()).toEqual({
      "brokers/192.0.2.10": "new key and certificate: another algorithm is declared",
    });
    await applyChanging(...filesOf("192.0.2.10", "server.key", "server.pem"));
  });

  it("Custody machine applies a saved plan later", async () => {
    rmSync(project.path("pki/brokers/192.0.2.10/server.pem"));
    await project.planned("-out=saved");

    expect(existsSync(project.path("pki/brokers/192.0.2.10/server.pem"))).toBe(false);
    expect(await project.run("apply", "-no-color", "saved")).toMatchObject({ status: 0 });
    expect(changed(before, project.files("pki"))).toEqual(filesOf("192.0.2.10", "server.pem"));
    expect(project.flaws()).toEqual([]);
  });

  it("Custody machine refuses a saved plan that another apply has overtaken, and changes nothing", async () => {
    rmSync(project.path("pki/brokers/192.0.2.10/server.pem"));
    await project.planned("-out=saved");
    await project.apply();
    const overtaken = [project.files("pki"), project.read("terraform.mqtt.tfstate")];
    const { status, stderr } = await project.run("apply", "-no-color", "saved");

    expect(status).toBe(1);
    expect(stderr).toContain("Saved plan is stale");
    expect([project.files("pki"), project.read("terraform.mqtt.tfstate")]).toEqual(overtaken);
  });

  it("Custody machine refuses a saved plan if files changed since, and touches none", async () => {
    const pem = project.path("pki/brokers/192.0.2.10/server.pem");
    rmSync(pem);
    await project.planned("-out=saved");
    writeFileSync(pem, before["brokers/192.0.2.10/server.pem"]?.content ?? "");
    const restored = project.files("pki");
    const { status, stderr } = await project.run("apply", "-no-color", "saved");

    expect(status).toBe(1);
    // The engine reads the files again.
    expect(wordsOf(stderr)).toContain("inconsistent final plan");
    expect(project.files("pki")).toEqual(restored);
    await project.apply();
    // The records are written again with the same content.
    expect(changed(restored, project.files("pki"))).toEqual(["brokers.records"]);
    expect(project.read("pki/brokers.records")).toBe(restored["brokers.records"]?.content);
    expect(await project.planned()).toEqual({});
  });

  it("A wrong declaration changes nothing with custody machine", async () => {
    const all = () => [project.files("pki"), project.files("cdktf.out"), project.read("terraform.mqtt.tfstate")];
    const known = all();
    project.declareFleet(["mqtt-1.example.com", "mqtts://mqtt-2.example.com:8883"], 'custody: "machine"');
    const result = await project.cdktf(["deploy", "--auto-approve"]);

    expect(result.status).toBe(1);
    expect(allOf(result)).toContain('brokers[1].address: "mqtts://mqtt-2.example.com:8883" has a scheme');
    expect(all()).toEqual(known);
  });

  it("Custody machine never renews the authority, and issues no certificate that outlives it", async () => {
    await declare(project, ["mqtt-1.example.com"], "duration: Duration.days(30)");
    await project.apply();
    letAuthorityEnd(project, "machine", 31);

    expect(await project.planned()).toEqual({});
    letAuthorityEnd(project, "machine", 29);
    rmSync(project.path("pki/brokers/mqtt-1.example.com/server.pem"));
    const { status, stderr } = await project.plan();
    expect(status).toBe(1);
    expect(stderr.replace(/\s+/g, " ")).toMatch(/would expire after their authority's, .*mqtt-1\.example\.com/);
  });

  it("A destroy with custody machine lists and deletes brokers' files, and no authority or other file", async () => {
    const listed = await project.planned("-destroy");

    expect(listed).toEqual(Object.fromEntries(Object.keys(project.state()).map((name) => [name, "destroyed"])));
    expect(Object.keys(listed)).toContain("terraform_data.brokers");
    await project.destroy();
    const after = project.files("pki");
    const kept = ["authorities.records", "brokers/not-ours/notes.txt", "ca.key", "ca.pem", "notes.txt"];
    expect(Object.keys(after).sort()).toEqual(kept);
    expect(changed(before, after).filter((path) => kept.includes(path))).toEqual([]);
    expect(existsSync(project.path("pki/brokers/192.0.2.10"))).toBe(false);
  });

  it("A deployment after a destroy keeps the authority, and makes new keys for brokers alone", async () => {
    await project.apply("-destroy");
    await project.apply();
    const after = project.files("pki");

    expect(changed(before, after)).toEqual([
      "authorities.records",
      "brokers.records",
      ...["192.0.2.10", "2001-db8--10", "mqtt-1.example.com"].flatMap((folder) =>
        ["server.key", "server.pem"].map((name) => `brokers/${folder}/${name}`),
      ),
      "owner.json",
    ]);
    expect(after["authorities.records"]?.content).toBe(before["authorities.records"]?.content);
    expect(project.flaws()).toEqual([]);
    expect(await project.planned()).toEqual({});
  });
});

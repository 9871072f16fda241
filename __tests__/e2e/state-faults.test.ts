import { existsSync } from "node:fs";
import { AskingApply } from "./support/asking-apply";
import { changed, errorsOf, wordsOf, describeOneEngine } from "./support/custodies";
import { expectConvergence } from "./support/convergence";
import { Disk, findMount } from "./support/mount";
import { Project } from "./support/project";
import { StateServer } from "./support/state-server";

const BROKERS = Array.from({ length: 4 }, (_, index) => `mqtt-${index}.example.com`);
const STATE = "terraform.mqtt.tfstate";

/** The key and certificate files that are not a whole PEM. */
function cutShort(project: Project): string[] {
  const isWhole = (content: string): boolean => /^-----BEGIN [^]+-----END [A-Z ]+-----\n$/.test(content);
  return Object.entries(project.files("pki"))
    .filter(([path, { content }]) => /\.(key|pem)$/.test(path) && !isWhole(content))
    .map(([path]) => path);
}

/** The private keys in the state, by resource address. */
function keysIn(project: Project): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(project.state()).filter(([address]) => address.startsWith("tls_private_key.")),
  );
}

describeOneEngine(
  "a full or read-only disk",
  (engine) => {
    const project = new Project(engine);
    let disk: Disk;

    beforeAll(async () => {
      project.declareFleet(BROKERS);
      await project.synth();
      project.keep();
    });
    beforeEach(async () => {
      project.restore();
      disk = await Disk.mount(project.path("pki"), "1m");
    });
    afterEach(() => disk.unmount());
    afterAll(() => {
      project.remove();
    });

    async function expectFailure(words: string): Promise<void> {
      const result = await project.tryApply();

      expect(result.status).toBe(1);
      for (const kind of errorsOf(result).kinds) {
        expect(kind).toMatch(/^Create local (sensitive )?file error$/);
      }
      expect(wordsOf(result.stderr)).toContain(words);
    }

    it.each(["16k", "24k"])(
      "A disk full at %s fails the apply; keys are in the state, and the next apply writes the files",
      async (size) => {
        await disk.remount(`size=${size}`);
        await expectFailure("no space left on device");

        const keys = keysIn(project);
        const before = project.files("pki");
        const cut = cutShort(project);
        expect(Object.keys(keys)).toHaveLength(BROKERS.length + 1);
        // The provider writes to the final path and leaves a partial file there, which no state records.
        expect(cut).not.toEqual([]);
        const written = Object.entries(project.state()).filter(([address]) => address.startsWith("local_"));
        expect(written).toHaveLength(Object.keys(before).length - cut.length);

        await disk.remount("size=1m");
        expect(new Set(Object.values(await project.planned()))).toEqual(new Set(["created"]));
        await expectConvergence(project, BROKERS);
        expect(keysIn(project)).toEqual(keys);
        expect(changed(before, project.files("pki")).filter((path) => path in before)).toEqual(cut.sort());
      },
    );

    it("A disk full in a renewal loses the certificate and no key; the next apply writes the new one", async () => {
      await project.apply();
      const before = project.files("pki");
      // Longer than the space that the old file leaves.
      const names = Array.from({ length: 200 }, (_, index) => `"also-${index}.mqtt-3.example.com"`);
      const longer = `{ address: "mqtt-3.example.com", alternativeAddresses: [${names.join(", ")}] }`;
      project.declareFleet(BROKERS.with(3, longer));
      await project.synth();
      await disk.fill();
      await expectFailure("no space left on device");
      disk.empty();

      const certificate = "brokers/mqtt-3.example.com/server.pem";
      expect(changed(before, project.files("pki"))).toEqual([certificate]);
      expect(cutShort(project)).toEqual([certificate]);
      expect(await project.planned()).toEqual({ "local_file.broker_mqtt-3_example_com": "created" });
      await expectConvergence(project, BROKERS);
      expect(changed(before, project.files("pki"))).toEqual([certificate]);
    });

    it("A read-only disk fails the apply and changes nothing, and the next apply continues", async () => {
      await disk.remount("ro");
      await expectFailure("read-only file system");
      expect(project.files("pki")).toEqual({});
      const keys = keysIn(project);
      expect(Object.keys(keys)).toHaveLength(BROKERS.length + 1);
      await disk.remount("rw");
      await expectConvergence(project, BROKERS);
      expect(keysIn(project)).toEqual(keys);

      const before = project.files("pki");
      const renamed = '{ address: "mqtt-3.example.com", alternativeAddresses: ["also.example.com"] }';
      project.declareFleet(BROKERS.with(3, renamed));
      await project.synth();
      await disk.remount("ro");
      await expectFailure("read-only file system");
      expect(project.files("pki")).toEqual(before);
      await disk.remount("rw");
      await expectConvergence(project, BROKERS);
      expect(changed(before, project.files("pki"))).toEqual(["brokers/mqtt-3.example.com/server.pem"]);
    });
  },
  [findMount()],
);

describeOneEngine("two applies at once", (engine) => {
  const project = new Project(engine);

  beforeAll(async () => {
    project.declareFleet(BROKERS);
    await project.synth();
  });
  afterAll(() => {
    project.remove();
  });

  it("A second apply with custody state gets the lock error, and the first one completes", async () => {
    const first = await AskingApply.start(engine, project);
    const second = await project.tryApply();

    expect(second.status).toBe(1);
    expect(errorsOf(second).kinds).toEqual(["Error acquiring the state lock"]);
    expect(existsSync(project.path("pki"))).toBe(false);
    first.approve();
    expect((await first.result()).status).toBe(0);
    await expectConvergence(project, BROKERS);
  });

  it("A killed apply leaves no lock in a local state", async () => {
    project.declareFleet(BROKERS.slice(1));
    await project.synth();
    const before = project.files("pki");
    const first = await AskingApply.start(engine, project);
    await first.kill();

    expect(existsSync(project.path(`.${STATE}.lock.info`))).toBe(true);
    await expectConvergence(project, BROKERS.slice(1));
    expect(before).toMatchObject(project.files("pki"));
  });
});

describeOneEngine("a lock at a backend", (engine) => {
  const project = new Project(engine);
  let backend: StateServer;

  beforeAll(async () => {
    backend = await StateServer.start();
    const address = backend.address("mqtt");
    project.declare(`
      import { HttpBackend } from "cdktf";
      const fleet = new BrokerPki(app, "mqtt", {
        authority: { subject: { commonName: "Test CA" }, keyAlgorithm: KeyAlgorithm.ECDSA_P256 },
        keyAlgorithm: KeyAlgorithm.ECDSA_P256,
        brokers: [{ address: "mqtt-1.example.com" }],
      });
      new HttpBackend(fleet, { address: "${address}", lockAddress: "${address}", unlockAddress: "${address}" });
    `);
    await project.synth();
  });
  afterAll(async () => {
    await backend.stop();
    project.remove();
  });

  it("A killed apply leaves its lock at a backend, which stops the next one until force-unlock", async () => {
    const killed = await AskingApply.start(engine, project);
    await killed.kill();
    const stopped = await project.tryApply();

    expect(stopped.status).toBe(1);
    expect(errorsOf(stopped).kinds).toEqual(["Error acquiring the state lock"]);
    expect(existsSync(project.path("pki"))).toBe(false);
    const id = /^\s*ID:\s+(\S+)$/m.exec(stopped.stderr)?.[1] ?? "";
    expect((await project.run("force-unlock", "-force", id)).status).toBe(0);
    await expectConvergence(project, ["mqtt-1.example.com"]);
  });
});

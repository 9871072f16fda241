import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, cpSync, existsSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { changed, errorsOf, wordsOf } from "./support/custodies";
import { stateOf } from "./support/kill";
import { describeEachEngine, type Engine } from "./support/machine";
import { Disk, findMount } from "./support/mount";
import { Project } from "./support/project";
import type { Result } from "./support/run";
import { StateServer } from "./support/state-server";

const BROKERS = Array.from({ length: 4 }, (_, index) => `mqtt-${index}.example.com`);
const STATE = "terraform.mqtt.tfstate";

/** An apply that may fail. */
function tryApply(project: Project): Promise<Result> {
  return project.run("apply", "-input=false", "-no-color", "-auto-approve");
}

/** The key and certificate files that are not a whole PEM. */
function cutShort(project: Project): string[] {
  const isWhole = (content: string): boolean => /^-----BEGIN [^]+-----END [A-Z ]+-----\n$/.test(content);
  return Object.entries(project.files("pki"))
    .filter(([path, { content }]) => /\.(key|pem)$/.test(path) && !isWhole(content))
    .map(([path]) => path);
}

/** The private keys that the state has, by their addresses there. */
function keysIn(project: Project): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(project.state()).filter(([address]) => address.startsWith("tls_private_key.")),
  );
}

/** What an apply makes where nothing stops it: all files of all brokers, in good order, and nothing is left to do. */
async function expectConvergence(project: Project, brokers: readonly string[]): Promise<void> {
  await project.apply();
  expect(project.flaws()).toEqual([]);
  expect(Object.keys(project.files("pki")).filter((path) => /\.(key|pem)$/.test(path))).toHaveLength(
    2 * (brokers.length + 1),
  );
  expect(await project.planned()).toEqual({});
}

describeEachEngine(
  "a file system that takes no more files",
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
      const result = await tryApply(project);

      expect(result.status).toBe(1);
      for (const kind of errorsOf(result).kinds) {
        expect(kind).toMatch(/^Create local (sensitive )?file error$/);
      }
      expect(wordsOf(result)).toContain(words);
    }

    it.each(["16k", "24k"])(
      "is told of where it is full at %s: keys are safe in the state, and the next apply writes what was cut short",
      async (size) => {
        await disk.remount(`size=${size}`);
        await expectFailure("no space left on device");

        const keys = keysIn(project);
        const before = project.files("pki");
        const cut = cutShort(project);
        expect(Object.keys(keys)).toHaveLength(BROKERS.length + 1);
        // The provider writes at the final path, and leaves there what it has written so far; no state tells of it.
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

    it("takes a certificate away where it is full for its renewal, and no key; the next apply writes the new one", async () => {
      await project.apply();
      const before = project.files("pki");
      // Longer than the room that the old one leaves.
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

    it("is told of where it is read-only: all stays as it was, and the next apply goes on from there", async () => {
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

describeEachEngine(
  "a full disk that has the state, too",
  (engine) => {
    const project = new Project(engine);
    const [known, all] = [BROKERS.slice(0, 2), BROKERS];
    let disk: Disk;

    beforeAll(async () => {
      const empty = mkdtempSync(join(tmpdir(), "empty-"));
      cpSync(project.path(), empty, { recursive: true, verbatimSymlinks: true });
      disk = await Disk.mount(project.path(), "512m");
      cpSync(empty, project.path(), { recursive: true, verbatimSymlinks: true });
      rmSync(empty, { recursive: true });
      project.declareFleet(known);
      await project.synth();
      await project.apply();
      project.declareFleet(all);
      await project.synth();
      project.keep();
    });
    beforeEach(() => {
      project.restore();
    });
    afterAll(() => disk.unmount());

    /** An apply with so much room left, which then is there again. */
    async function applyWith(free: number): Promise<Result> {
      await disk.fill(free);
      const result = await tryApply(project);
      disk.empty();
      expect(result.status).toBe(1);
      expect(wordsOf(result)).toContain("no space left on device");
      return result;
    }

    it("stops an apply at the lock, before anything is done", async () => {
      const before = [project.files("pki"), project.read(STATE)];
      const result = await applyWith(0);

      expect(errorsOf(result).kinds).toEqual(["Error acquiring the state lock"]);
      expect([project.files("pki"), project.read(STATE)]).toEqual(before);
      await expectConvergence(project, all);
    });

    it.each([
      ["no backup of the state", () => 16],
      ["no longer state", () => Math.ceil(statSync(project.path(STATE)).size / 1024) + 16],
    ])(
      "makes the engine print the state, keys included, as its last resort, where it takes %s: nothing old is lost",
      async (_what, free) => {
        const before = project.files("pki");
        const result = await applyWith(free());

        expect(errorsOf(result).kinds).toContain("Failed to persist state to backend");
        expect(result.text).toContain("BEGIN PRIVATE KEY");
        expect(project.files("pki")).toMatchObject(before);
        if (stateOf(project) !== "whole") {
          expect(wordsOf(await project.plan())).toContain("The state file could not be parsed as JSON");
          copyFileSync(project.path(`${STATE}.backup`), project.path(STATE));
        }
        await expectConvergence(project, all);
        expect(project.files("pki")).toMatchObject(before);
      },
    );
  },
  [findMount()],
);

/** An apply that has shown its plan, and waits for a word: it holds the lock meanwhile. */
class AskingApply {
  private constructor(
    private readonly child: ChildProcess,
    private readonly ended: Promise<unknown[]>,
  ) {}

  public static async start(engine: Engine, project: Project): Promise<AskingApply> {
    const child = spawn(engine.program, ["apply", "-no-color"], {
      cwd: project.stackFolder,
      env: { ...process.env, ...project.env },
      stdio: ["pipe", "pipe", "inherit"],
      detached: true,
    });
    const ended = once(child, "exit");
    await new Promise<void>((resolve, reject) => {
      let text = "";
      child.stdout.on("data", (data: Buffer) => {
        text += data.toString();
        if (text.includes("Enter a value")) {
          resolve();
        }
      });
      child.on("exit", (status) => {
        reject(new Error(`apply ended with ${status}:\n${text}`));
      });
    });
    return new AskingApply(child, ended);
  }

  /** @returns its status */
  public async approve(): Promise<unknown> {
    this.child.stdin?.end("yes\n");
    return (await this.ended)[0];
  }

  public async kill(): Promise<void> {
    process.kill(-(this.child.pid ?? NaN), "SIGKILL");
    await this.ended;
  }
}

describeEachEngine("two applies at once", (engine) => {
  const project = new Project(engine);

  beforeAll(async () => {
    project.declareFleet(BROKERS);
    await project.synth();
  });
  afterAll(() => {
    project.remove();
  });

  it("do not meet: the second one is told of the lock, and the first one's result is whole", async () => {
    const first = await AskingApply.start(engine, project);
    const second = await tryApply(project);

    expect(second.status).toBe(1);
    expect(errorsOf(second).kinds).toEqual(["Error acquiring the state lock"]);
    expect(existsSync(project.path("pki"))).toBe(false);
    expect(await first.approve()).toBe(0);
    await expectConvergence(project, BROKERS);
  });

  it("leave no lock behind in a local state, even where one is killed", async () => {
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

describeEachEngine("a lock at a backend", (engine) => {
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
      new HttpBackend(fleet.stack, { address: "${address}", lockAddress: "${address}", unlockAddress: "${address}" });
    `);
    await project.synth();
  });
  afterAll(async () => {
    await backend.stop();
    project.remove();
  });

  it("stays where its apply is killed, stops the next one, and goes with force-unlock", async () => {
    const killed = await AskingApply.start(engine, project);
    await killed.kill();
    const stopped = await tryApply(project);

    expect(stopped.status).toBe(1);
    expect(errorsOf(stopped).kinds).toEqual(["Error acquiring the state lock"]);
    expect(existsSync(project.path("pki"))).toBe(false);
    const id = /^\s*ID:\s+(\S+)$/m.exec(stopped.text)?.[1] ?? "";
    expect((await project.run("force-unlock", "-force", id)).status).toBe(0);
    await expectConvergence(project, ["mqtt-1.example.com"]);
  });
});

describeEachEngine("a state that an engine was killed in the middle of writing", (engine) => {
  const BACKUP = `${STATE}.backup`;

  describe("of a fleet with files", () => {
    const project = new Project(engine);

    beforeAll(async () => {
      project.declareFleet(BROKERS.slice(0, 2));
      await project.synth();
      await project.apply();
      project.declareFleet(BROKERS);
      await project.synth();
      project.keep();
    });
    beforeEach(() => {
      project.restore();
    });
    afterAll(() => {
      project.remove();
    });

    it.each([
      ["is empty", 0, "In pki there are files that this state does not know, and that would be written over: brokers/"],
      ["is cut short", 9_000, "The state file could not be parsed as JSON"],
    ])("%s: nothing is done, and putting the backup back is all it takes", async (_how, size, words) => {
      const before = project.files("pki");
      copyFileSync(project.path(STATE), project.path(BACKUP));
      // As one who was killed had begun to write it.
      writeFileSync(project.path("pki/brokers/mqtt-1.example.com/server.pem"), "");
      truncateSync(project.path(STATE), size);
      const harmed = project.files("pki");

      for (const result of [await project.plan(), await tryApply(project)]) {
        expect(result.status).toBe(1);
        expect(wordsOf(result)).toContain(words);
      }
      expect(project.files("pki")).toEqual(harmed);
      copyFileSync(project.path(BACKUP), project.path(STATE));
      await expectConvergence(project, BROKERS);
      const after = project.files("pki");
      for (const [path, { content }] of Object.entries(before)) {
        expect([path, after[path]?.content]).toEqual([path, content]);
      }
    });
  });

  it("is as good as none for a fleet without files: only whoever reads the plan sees that all would be made anew", async () => {
    const project = new Project(engine);
    try {
      project.declareFleet(BROKERS.slice(0, 2), "files: false, outputs: true");
      await project.synth();
      await project.apply();
      const known = project.state();
      expect(await project.planned()).toEqual({});
      copyFileSync(project.path(STATE), project.path(BACKUP));
      truncateSync(project.path(STATE), 0);

      expect((await project.plan()).status).toBe(2);
      expect(Object.keys(await project.planned()).sort()).toEqual(Object.keys(known).sort());
      copyFileSync(project.path(BACKUP), project.path(STATE));
      expect(await project.planned()).toEqual({});
    } finally {
      project.remove();
    }
  });
});

import { copyFileSync, cpSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expectConvergence } from "../e2e/support/convergence";
import { errorsOf, wordsOf } from "../e2e/support/custodies";
import { stateOf } from "../e2e/support/kill";
import { describeEachEngine } from "../e2e/support/machine";
import { Disk, findMount } from "../e2e/support/mount";
import { Project } from "../e2e/support/project";
import type { Result } from "../e2e/support/run";
import { allOf } from "../e2e/support/run";

const BROKERS = Array.from({ length: 4 }, (_, index) => `mqtt-${index}.example.com`);
const STATE = "terraform.mqtt.tfstate";

describeEachEngine(
  "a full disk that holds the state too",
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

    /** Runs an apply with this much space left, and frees the space afterwards. */
    async function applyWith(free: number): Promise<Result> {
      await disk.fill(free);
      const result = await project.tryApply();
      disk.empty();
      expect(result.status).toBe(1);
      expect(wordsOf(result.stderr)).toContain("no space left on device");
      return result;
    }

    it("A disk full before the lock stops an apply before it changes anything", async () => {
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
      "A disk that takes %s makes the engine print the state with keys, and no old file is lost",
      async (_what, free) => {
        const before = project.files("pki");
        const result = await applyWith(free());

        expect(errorsOf(result).kinds).toContain("Failed to persist state to backend");
        expect(allOf(result)).toContain("BEGIN PRIVATE KEY");
        expect(project.files("pki")).toMatchObject(before);
        if (stateOf(project) !== "whole") {
          expect(wordsOf((await project.plan()).stderr)).toContain("The state file could not be parsed as JSON");
          copyFileSync(project.path(`${STATE}.backup`), project.path(STATE));
        }
        await expectConvergence(project, all);
        expect(project.files("pki")).toMatchObject(before);
      },
    );
  },
  [findMount()],
);

describeEachEngine("a state that a killed engine wrote in part", (engine) => {
  const BACKUP = `${STATE}.backup`;

  describe("a fleet with files", () => {
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
      ["is empty", 0, "pki contains files that this state does not manage, and that would be overwritten: brokers/"],
      ["is cut short", 9_000, "The state file could not be parsed as JSON"],
    ])("A state that %s stops the plan, and its restored backup is enough to continue", async (_how, size, words) => {
      const before = project.files("pki");
      copyFileSync(project.path(STATE), project.path(BACKUP));
      // As a killed engine left it while writing.
      writeFileSync(project.path("pki/brokers/mqtt-1.example.com/server.pem"), "");
      truncateSync(project.path(STATE), size);
      const harmed = project.files("pki");

      for (const result of [await project.plan(), await project.tryApply()]) {
        expect(result.status).toBe(1);
        expect(wordsOf(result.stderr)).toContain(words);
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

  it("A lost state of a fleet without files recreates everything, and only the plan shows it", async () => {
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

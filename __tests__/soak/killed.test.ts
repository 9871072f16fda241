import { copyFileSync, existsSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { changed, CUSTODIES, type Custody, wordsOf } from "../e2e/support/custodies";
import { forgetTornState, killApply, letGoOn, stateOf } from "../e2e/support/kill";
import type { Engine } from "../e2e/support/machine";
import { type FileFacts, Project } from "../e2e/support/project";

const FEW = Array.from({ length: 3 }, (_, index) => `first-${index}.example.com`);
const MANY = [...FEW, ...Array.from({ length: 100 }, (_, index) => `mqtt-${index}.example.com`)];

/** The seed of the points in time: SOAK_SEED repeats a run. */
const SEED = Number(process.env["SOAK_SEED"] ?? Date.now() % 1_000_000);

/** Ten numbers from 0 to 1 that depend on the seed alone (a linear congruential generator: Numerical Recipes, 7.1). */
const POINTS = Array.from({ length: 10 }).reduce<number[]>((points) => {
  const last = points.at(-1) ?? SEED / 2 ** 32;
  return [...points, ((last * 2 ** 32 * 1_664_525 + 1_013_904_223) % 2 ** 32) / 2 ** 32];
}, []);

type Files = Record<string, FileFacts>;

async function declare(project: Project, custody: Custody, brokers: readonly string[]): Promise<void> {
  project.declareFleet(brokers, `custody: "${custody}"`);
  await project.synth();
}

/** Kills an apply after this many seconds. If the apply ends before, tries again with less time. */
async function killAfter(engine: Engine, project: Project, seconds: number): Promise<void> {
  project.restore();
  const end = Date.now() + 1000 * seconds;
  const isTime = (): boolean => Date.now() >= end;
  if (!(await killApply(engine, project, isTime, () => sleep(5)))) {
    await killAfter(engine, project, 0.8 * seconds);
  }
}

function contentsOf(files: Files, isWanted: (path: string) => boolean): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files)
      .filter(([path]) => isWanted(path))
      .map(([path, { content }]) => [path, content]),
  );
}

const isOfAuthority = (path: string): boolean => /^ca\.(key|pem)$/.test(path);
const isKnown = (path: string): boolean => isOfAuthority(path) || path.startsWith("brokers/first-");

describe.each(CUSTODIES)("custody %s", (custody, describeEach) => {
  describeEach(`an apply that adds 100 brokers and is killed (SOAK_SEED=${SEED})`, (engine) => {
    const project = new Project(engine, { withoutProviders: custody === "machine" });
    let before: Record<string, string>;
    let whole = 0;

    beforeAll(async () => {
      await declare(project, custody, FEW);
      await project.apply();
      before = contentsOf(project.files("pki"), isKnown);
      await declare(project, custody, MANY);
      project.keep();
      const start = Date.now();
      await project.apply();
      whole = (Date.now() - start) / 1000;
    });
    afterAll(() => {
      project.remove();
    });

    it.each(POINTS)(
      "A killed apply that adds brokers is finished by the next one, which keeps all others: after %f of its time",
      async (point) => {
        await killAfter(engine, project, point * whole);
        if (stateOf(project) !== "whole") {
          // As the message of the engine instructs.
          copyFileSync(project.path("terraform.mqtt.tfstate.backup"), project.path("terraform.mqtt.tfstate"));
        }
        await project.apply();

        const after = project.files("pki");
        expect(contentsOf(after, isKnown)).toEqual(before);
        expect(project.flaws()).toEqual([]);
        expect(Object.keys(after).filter((path) => /server\.(key|pem)$/.test(path))).toHaveLength(2 * MANY.length);
        expect(await project.planned()).toEqual({});
      },
    );
  });

  describeEach(`the first apply of a fleet that is killed (SOAK_SEED=${SEED})`, (engine) => {
    const project = new Project(engine, { withoutProviders: custody === "machine" });
    let whole = 0;

    beforeAll(async () => {
      await declare(project, custody, MANY);
      project.keep();
      const start = Date.now();
      await project.apply();
      whole = (Date.now() - start) / 1000;
    });
    afterAll(() => {
      project.remove();
    });

    it.each(POINTS.slice(0, 5))(
      "A killed first apply is finished by the next one, or stops it before it overwrites a file: after %f",
      async (point) => {
        await killAfter(engine, project, point * whole);
        forgetTornState(project);
        const before = existsSync(project.path("pki")) ? project.files("pki") : {};
        const withdraw = custody === "machine" ? letGoOn(project) : () => undefined;
        const result = await project.tryApply();
        withdraw();

        if (result.status === 0) {
          const after = project.files("pki");
          expect(contentsOf(after, isOfAuthority)).toMatchObject(contentsOf(before, isOfAuthority));
        } else {
          // The engine had not written these files' keys into its state yet, so no broker uses them.
          expect(custody).toBe("state");
          expect(wordsOf(result.stderr)).toContain(
            "files that this state does not manage, and that would be overwritten",
          );
          expect(changed(before, project.files("pki"))).toEqual([]);
          rmSync(project.path("pki"), { recursive: true });
          await project.apply();
        }
        expect(project.flaws()).toEqual([]);
        expect(await project.planned()).toEqual({});
      },
    );
  });
});

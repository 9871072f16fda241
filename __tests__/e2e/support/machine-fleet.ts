import { existsSync } from "node:fs";
import { errorsOf } from "./custodies";
import type { Engine } from "./machine";
import { Project } from "./project";

export const BROKERS = ["mqtt-1.example.com", "mqtt-2.example.com"];
export const FIRST = "pki/brokers/mqtt-1.example.com";

/** A fleet that is declared and handed to the engine, but not deployed. */
export async function declare(project: Project, brokers: readonly string[]): Promise<void> {
  project.declareFleet(brokers, 'custody: "machine"');
  await project.synth();
}

/** A fleet that each test finds as `prepare` left it. */
export function fleetFor(
  engine: Engine,
  brokers: readonly string[],
  prepare: (project: Project) => unknown = () => undefined,
): Project {
  const project = new Project(engine, { withoutProviders: true });

  beforeAll(async () => {
    await declare(project, brokers);
    await prepare(project);
    project.keep();
  });
  beforeEach(() => {
    project.restore();
  });
  afterAll(() => {
    project.remove();
  });
  return project;
}

/** What a test must not change: the files with their times, and the state. */
function everything(project: Project): unknown {
  const isThere = (path: string): boolean => existsSync(project.path(path));
  return [
    isThere("pki") ? project.files("pki") : undefined,
    isThere("terraform.mqtt.tfstate") ? project.state() : undefined,
  ];
}

/** Expects that a plan and an apply stop at a condition of this library with `words`, and change nothing. */
export async function expectStop(project: Project, ...words: string[]): Promise<void> {
  const before = everything(project);
  for (const result of [await project.plan(), await project.run("apply", "-no-color", "-auto-approve")]) {
    const { kinds, text } = errorsOf(result);
    expect(result.status).toBe(1);
    expect(new Set(kinds.map((kind) => kind.replace(/pre|post/, "")))).toEqual(new Set(["Resource condition failed"]));
    for (const word of words) {
      expect(text).toContain(word);
    }
  }
  expect(everything(project)).toEqual(before);
}

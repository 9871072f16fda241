import type { Project } from "./project";

/** Expects that an apply completes all files of all brokers, and that the next plan is empty. */
export async function expectConvergence(project: Project, brokers: readonly string[]): Promise<void> {
  await project.apply();
  expect(project.flaws()).toEqual([]);
  expect(Object.keys(project.files("pki")).filter((path) => /\.(key|pem)$/.test(path))).toHaveLength(
    2 * (brokers.length + 1),
  );
  expect(await project.planned()).toEqual({});
}

import type { Project } from "./project";

/** What an apply makes where nothing stops it: all files of all brokers, in good order, and nothing is left to do. */
export async function expectConvergence(project: Project, brokers: readonly string[]): Promise<void> {
  await project.apply();
  expect(project.flaws()).toEqual([]);
  expect(Object.keys(project.files("pki")).filter((path) => /\.(key|pem)$/.test(path))).toHaveLength(
    2 * (brokers.length + 1),
  );
  expect(await project.planned()).toEqual({});
}

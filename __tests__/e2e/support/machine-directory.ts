import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { Project } from "./project";

export const BROKERS = ["mqtt-1.example.com", "mqtt-2.example.com", "mqtt-3.example.com"];
export const FIRST = "pki/brokers/mqtt-1.example.com";

/** Declares a fleet and synthesizes it for the engine. */
export async function declare(project: Project, options = ""): Promise<void> {
  project.declareFleet(BROKERS, `custody: "machine", ${options}`);
  await project.synth();
}

/** The paths of files and folders with their modes. */
export function modesIn(project: Project, directory = "pki"): string[] {
  const folders = readdirSync(project.path(directory), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name));
  return [
    ...Object.entries(project.files(directory)).map(([path, { mode }]) => `${mode} ${path}`),
    ...folders.map((path) => `${(statSync(path).mode & 0o777).toString(8)} ${path.slice(project.path().length)}`),
  ].sort();
}

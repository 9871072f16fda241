import { versionOf } from "../support/run";

export interface Engine {
  readonly program: string;
  /** None if it cannot be run. */
  readonly version: string | undefined;
}

/** The engines to look for. */
export function findEngines(): Engine[] {
  const programs = ["terraform", "tofu", process.env["TERRAFORM_BINARY_NAME"] ?? ""].filter((name) => name !== "");
  const engines = programs.map((program) => ({ program, version: versionOf(program) }));
  // The one that the environment names is often one of the other two.
  return [...new Map(engines.map((engine) => [engine.version ?? engine.program, engine])).values()];
}

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { inspect } from "../support/certificates";
import type { Engine } from "./engine";
import type { Outcome } from "./outcome";
import { PASSWORD } from "../support/fleet";
import { inNewDirectory, Missing, run } from "../support/run";

/** A configuration for an engine. */
export interface Variant {
  readonly brokers: number;
  /** Texts by their paths in `folder`. */
  readonly files: Readonly<Record<string, string>>;
  /** Below where certificates and state go: the engine runs in it. */
  readonly folder: string;
  readonly needsProviders: boolean;
}

/**
 * Deploys from nothing, and plans once more.
 *
 * @throws Missing if its providers cannot be had
 */
export function deploy({ program }: Engine, { brokers, files, folder, needsProviders }: Variant): Outcome {
  return inNewDirectory((directory) => {
    const cwd = join(directory, folder);
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(cwd, path)), { recursive: true });
      writeFileSync(join(cwd, path), text);
    }
    // What needs no provider needs no word on where providers are.
    const env = {
      [`TF_VAR_${PASSWORD.variable}`]: PASSWORD.value,
      ...(!needsProviders && { TF_CLI_CONFIG_FILE: undefined }),
    };
    const engine = (...parameters: string[]) =>
      run(program, [...parameters, "-input=false", "-no-color"], cwd, env).seconds;
    init(() => engine("init"));
    const seconds = {
      deploy: engine("apply", "-auto-approve"),
      // Its exit status is 2 if the plan has changes: then `run` throws.
      unchangedPlan: engine("plan", "-detailed-exitcode"),
    };
    return { seconds, certificate: inspect(directory, brokers) };
  });
}

function init(body: () => void): void {
  try {
    body();
  } catch (error) {
    if (error instanceof Error && /Failed to (query available|resolve|install) provider/i.test(error.message)) {
      throw new Missing("its providers cannot be had", { cause: error });
    }
    throw error;
  }
}

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inNewDirectory, median, rounds, run, versionOf } from "./run";

/** A configuration in Terraform's JSON, and the folder, below where files and state go, that the engine runs in. */
export interface Variant {
  readonly text: string;
  readonly folder: string;
}

export interface Engine {
  readonly program: string;
  readonly version: string | undefined;
}

/** Both ways to the same certificates, one right after the other, so that a slower machine is slower for both. */
interface Pair {
  readonly ours: number;
  readonly byHand: number;
}

/** Seconds: medians of several rounds. */
export interface Comparison extends Pair {
  /** Ours in the terms of the other: the median of the rounds' ratios. */
  readonly ratio: number;
  readonly rounds: readonly Pair[];
}

export interface EngineFigures {
  readonly engine: string;
  /** Plan and apply, from nothing. */
  readonly deploy: Comparison;
  /** A plan right after that, which finds nothing to do. */
  readonly unchangedPlan: Comparison;
}

/** What there is to say of an engine that deploys nothing here. */
export interface MissingEngine {
  readonly engine: string;
  readonly missing: string;
}

class ProvidersMissing extends Error {}

/** The engines to look for; those that cannot be run have no version. */
export function findEngines(): Engine[] {
  const programs = ["terraform", "tofu", process.env["TERRAFORM_BINARY_NAME"] ?? ""].filter((name) => name !== "");
  const engines = programs.map((program) => ({ program, version: versionOf(program) }));
  // The one that the environment names is often one of the other two.
  return [...new Map(engines.map((engine) => [engine.version ?? engine.program, engine])).values()];
}

/** Times both variants, in turn, in as many rounds as `count`. */
export function measureEngine(
  { program, version }: Engine,
  ours: Variant,
  byHand: Variant,
  count: number,
): EngineFigures | MissingEngine {
  if (version === undefined) {
    return { engine: program, missing: "cannot be run" };
  }
  try {
    const measured = rounds(count, `Deploy with ${version}`, () => ({
      ours: deploy(program, ours),
      byHand: deploy(program, byHand),
    }));
    const compare = (step: keyof Deployment) =>
      comparison(measured.map((round) => ({ ours: round.ours[step], byHand: round.byHand[step] })));
    return { engine: version, deploy: compare("apply"), unchangedPlan: compare("unchangedPlan") };
  } catch (error) {
    if (error instanceof ProvidersMissing) {
      return { engine: version, missing: error.message };
    }
    throw error;
  }
}

/** Seconds. */
interface Deployment {
  readonly apply: number;
  readonly unchangedPlan: number;
}

function deploy(program: string, variant: Variant): Deployment {
  return inNewDirectory((directory) => {
    const folder = join(directory, variant.folder);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "main.tf.json"), variant.text);
    init(program, folder);
    const engine = (...parameters: string[]) =>
      run(program, [...parameters, "-input=false", "-no-color"], folder).seconds;
    return {
      apply: engine("apply", "-auto-approve"),
      // Its exit status is 2, which `run` throws for, where there is something to do.
      unchangedPlan: engine("plan", "-detailed-exitcode"),
    };
  });
}

function init(program: string, folder: string): void {
  try {
    run(program, ["init", "-input=false", "-no-color"], folder);
  } catch (error) {
    if (error instanceof Error && /Failed to (query available|resolve|install) provider/i.test(error.message)) {
      throw new ProvidersMissing("its providers cannot be had", { cause: error });
    }
    throw error;
  }
}

function comparison(pairs: readonly Pair[]): Comparison {
  return {
    ours: median(pairs.map((pair) => pair.ours)),
    byHand: median(pairs.map((pair) => pair.byHand)),
    ratio: median(pairs.map((pair) => pair.ours / pair.byHand)),
    rounds: pairs,
  };
}

import { join } from "node:path";
import { inspect } from "../support/certificates";
import type { Engine } from "./engine";
import { addresses, type Size } from "../support/fleet";
import { bareLoop } from "./openssl";
import { inNewDirectory, Missing, run, runMeasured, versionOf } from "../support/run";
import { STACK_FOLDER, synthesize } from "../synth/synth";

/** What a large fleet with custody `machine` takes: from nothing, unchanged, and with one broker more. */
export interface LargeFigures extends Size {
  readonly engine: string;
  readonly deploySeconds: number;
  readonly deployMegabytes?: number;
  readonly unchangedPlanSeconds: number;
  readonly unchangedPlanMegabytes?: number;
  /** One broker more: synth, plan and apply. */
  readonly additionSeconds: number;
  /** The deployment's time as a multiple of the same work by openssl and by mkcert; undefined if they are missing. */
  readonly toBareLoop?: number;
  readonly toMkcert?: number;
}

/** Measures each engine right after the loops that it is held against. */
export function measureLarge(engines: readonly Engine[], size: Size): LargeFigures[] {
  const loops = { openssl: attempt(() => bareLoop(size).seconds.deploy), mkcert: attempt(() => mkcertLoop(size)) };
  return engines
    .filter(({ version }) => version !== undefined)
    .map((engine) => {
      console.error(`${engine.version ?? ""}, ${size.brokers} brokers, custody machine`);
      return deployLarge(engine, size, loops);
    });
}

function deployLarge(
  { program, version = program }: Engine,
  size: Size,
  loops: Readonly<Record<"openssl" | "mkcert", number | undefined>>,
): LargeFigures {
  return inNewDirectory((directory) => {
    const cwd = join(directory, STACK_FOLDER);
    const env = { TF_CLI_CONFIG_FILE: undefined };
    const engine = (...parameters: string[]) =>
      runMeasured(program, [...parameters, "-input=false", "-no-color"], cwd, env);
    synthesize({ ...size, custody: "machine" }, directory);
    engine("init");
    const deployed = engine("apply", "-auto-approve");
    const unchanged = engine("plan", "-detailed-exitcode");
    inspect(directory, size.brokers);

    const more = { ...size, brokers: size.brokers + 1 };
    const { processSeconds } = synthesize({ ...more, custody: "machine" }, directory);
    const planned = engine("plan", "-out=plan");
    const applied = run(program, ["apply", "-input=false", "-no-color", "plan"], cwd, env);
    inspect(directory, more.brokers);
    const { openssl, mkcert } = loops;
    return {
      ...size,
      engine: version,
      deploySeconds: deployed.seconds,
      ...(deployed.megabytes !== undefined && { deployMegabytes: deployed.megabytes }),
      unchangedPlanSeconds: unchanged.seconds,
      ...(unchanged.megabytes !== undefined && { unchangedPlanMegabytes: unchanged.megabytes }),
      additionSeconds: processSeconds + planned.seconds + applied.seconds,
      ...(openssl !== undefined && { toBareLoop: deployed.seconds / openssl }),
      ...(mkcert !== undefined && { toMkcert: deployed.seconds / mkcert }),
    };
  });
}

/** What the tool does that people use for certificates on their own machines: a process for each. */
function mkcertLoop({ brokers, keyAlgorithm }: Size): number {
  if (versionOf("mkcert", "-version") === undefined) {
    throw new Missing("mkcert cannot be run");
  }
  return inNewDirectory((directory) => {
    const algorithm = keyAlgorithm === "ECDSA_P256" ? ["-ecdsa"] : [];
    const env = { CAROOT: directory };
    return addresses(brokers).reduce((seconds, name) => {
      const files = ["-cert-file", `${name}.pem`, "-key-file", `${name}.key`];
      return seconds + run("mkcert", [...algorithm, ...files, name], directory, env).seconds;
    }, 0);
  });
}

function attempt(measure: () => number): number | undefined {
  try {
    return measure();
  } catch (error) {
    if (error instanceof Missing) {
      console.error(error.message);
      return undefined;
    }
    throw error;
  }
}

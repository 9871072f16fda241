import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { inspect } from "../support/certificates";
import type { Engine } from "../deployment/engine";
import { FLEET } from "../support/fleet";
import { run } from "../support/run";

/** How a fleet is laid out. */
export interface Layout {
  readonly name: string;
  readonly brokers: number;
  /** 0 for one stack. */
  readonly shards: number;
  /** Whether states are in a PostgreSQL, and not in files. */
  readonly isRemote: boolean;
  /** How many stacks are worked on at a time. */
  readonly sideBySide: number;
}

export interface ScaleFigures {
  readonly name: string;
  readonly brokers: number;
  readonly deploySeconds: number;
  readonly unchangedPlanSeconds: number;
  /** One broker more. */
  readonly addition?: Addition;
}

/** What one broker more takes. */
interface Addition {
  /** How many stacks differ. */
  readonly stacks: number;
  readonly synthSeconds: number;
  readonly affectedSeconds: number;
  /** Those of the engine, `init` included. */
  readonly planSeconds: number;
  readonly applySeconds: number;
}

const OUT = "cdktf.out";
const LOADER = pathToFileURL(require.resolve("tsx")).href;

/** Deploys a fleet from nothing, plans it once more, and adds a broker to it. `init` is counted where it is said. */
export async function deployFleet(engine: Engine, layout: Layout, connection?: string): Promise<ScaleFigures> {
  return inNewDirectory(async (directory) => {
    const { name, brokers, sideBySide } = layout;
    synthesize(layout, brokers, directory, OUT, connection);
    const stacks = readdirSync(join(directory, OUT, "stacks"));
    const [authority, ...shards] = [FLEET, ...stacks.filter((stack) => stack !== FLEET)];
    const each = (names: readonly string[], ...parameters: string[]) =>
      onEach(names, sideBySide, (stack) =>
        runAsync(engine.program, [...parameters, "-input=false", "-no-color"], join(directory, OUT, "stacks", stack)),
      );
    await each(stacks, "init");
    // In PostgreSQL, Terraform makes one state at a time.
    const wait = "-lock-timeout=10m";
    const first = await each([authority], "apply", "-auto-approve", wait);
    const rest = await each(shards, "apply", "-auto-approve", wait);
    const unchangedPlanSeconds = await each(stacks, "plan", "-detailed-exitcode", wait);
    inspect(directory, brokers);

    // In the same folder, where the engine has its providers. Only the base of the comparison goes to another one.
    const before = join(directory, "base");
    synthesize(layout, brokers, directory, before, connection);
    const synthSeconds = synthesize(layout, brokers + 1, directory, OUT, connection);
    const { output, seconds: affectedSeconds } = run(
      process.execPath,
      ["--import", LOADER, join(__dirname, "../../lib/cli/cli.ts"), "affected", "--base", before, "--head", OUT],
      directory,
    );
    const { include } = JSON.parse(output) as { include: readonly { stack: string }[] };
    const affected = include.map(({ stack }) => stack);
    const planSeconds = (await each(affected, "init")) + (await each(affected, "plan", "-out=plan", wait));
    const applySeconds = await onEach(affected, sideBySide, (stack) =>
      runAsync(engine.program, ["apply", "-input=false", wait, "plan"], join(directory, OUT, "stacks", stack)),
    );
    inspect(directory, brokers + 1);
    return {
      name,
      brokers,
      deploySeconds: first + rest,
      unchangedPlanSeconds,
      addition: { stacks: affected.length, synthSeconds, affectedSeconds, planSeconds, applySeconds },
    };
  });
}

/** Deploys what is written by hand. */
export async function deployByHand(engine: Engine, name: string, brokers: number, text: string): Promise<ScaleFigures> {
  return inNewDirectory(async (directory) => {
    writeFileSync(join(directory, "main.tf.json"), text);
    const timed = (...parameters: string[]) =>
      onEach([""], 1, () => runAsync(engine.program, [...parameters, "-input=false", "-no-color"], directory));
    await timed("init");
    const deploySeconds = await timed("apply", "-auto-approve");
    const unchangedPlanSeconds = await timed("plan", "-detailed-exitcode");
    inspect(directory, brokers);
    return { name, brokers, deploySeconds, unchangedPlanSeconds };
  });
}

/** @returns the seconds of the whole process */
function synthesize(layout: Layout, brokers: number, cwd: string, outdir: string, connection?: string): number {
  const parameters = [outdir, `${brokers}`, `${layout.shards}`, ...(connection === undefined ? [] : [connection])];
  return run(process.execPath, ["--import", LOADER, join(__dirname, "shards-child.ts"), ...parameters], cwd).seconds;
}

/** @returns how many seconds all of them take, so many at a time */
async function onEach(
  names: readonly string[],
  sideBySide: number,
  work: (name: string) => Promise<void>,
): Promise<number> {
  const start = performance.now();
  const waiting = names.values();
  const workOff = async (): Promise<void> => {
    for (const name of waiting) {
      await work(name);
    }
  };
  await Promise.all(Array.from({ length: sideBySide }, workOff));
  return (performance.now() - start) / 1000;
}

async function runAsync(program: string, parameters: readonly string[], cwd: string): Promise<void> {
  const child = spawn(program, parameters, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const output of [child.stdout, child.stderr]) {
    output.on("data", (data: Buffer) => {
      said += data.toString();
    });
  }
  const [status] = (await once(child, "close")) as [number | null];
  if (status !== 0) {
    throw new Error(`${[program, ...parameters].join(" ")}: exit status ${status ?? "none"}\n${said.slice(-4000)}`);
  }
}

async function inNewDirectory<T>(body: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), "bench-scale-"));
  try {
    return await body(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

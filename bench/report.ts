import type { EngineFigures, MissingEngine } from "./deploy";
import type { OpensslFigures } from "./openssl";
import type { SynthFigures } from "./synth";

/** All that was measured, and where. */
export interface Results {
  readonly environment: Readonly<Record<string, string | number | readonly string[]>>;
  readonly synth: readonly SynthFigures[];
  readonly deploy: {
    readonly brokers: number;
    readonly engines: readonly (EngineFigures | MissingEngine)[];
    readonly openssl?: OpensslFigures;
  };
  readonly targets: readonly Target[];
}

interface Target {
  readonly target: string;
  readonly atMost: number;
  readonly measured?: number;
  readonly reached: "yes" | "no" | "not measured";
}

/** Holds what was measured against what is aimed at. */
export function judge(synth: readonly SynthFigures[], engines: readonly (EngineFigures | MissingEngine)[]): Target[] {
  const largest = synth.reduce((one, other) => (one.brokers > other.brokers ? one : other));
  return [
    target(`synth of ${largest.brokers} brokers, ms a broker`, 1, millisecondsEach(largest)),
    target(`synth of ${largest.brokers} brokers, peak MB`, 600, largest.megabytes),
    ...engines.map((engine) =>
      target(`deploy, ours : by hand, ${engine.engine}`, 1.15, "missing" in engine ? undefined : engine.deploy.ratio),
    ),
  ];
}

function target(name: string, atMost: number, measured: number | undefined): Target {
  return measured === undefined
    ? { target: name, atMost, reached: "not measured" }
    : { target: name, atMost, measured, reached: measured <= atMost ? "yes" : "no" };
}

function millisecondsEach({ seconds, brokers }: SynthFigures): number {
  return (seconds * 1000) / brokers;
}

/** Prints it for people. */
export function report({ environment, synth, deploy, targets }: Results): void {
  for (const [name, value] of Object.entries(environment)) {
    console.log(`${name.padEnd(10)} ${[value].flat().join(", ")}`);
  }

  print(
    "Synth, medians",
    synth.map((figures) => [
      `${figures.brokers} brokers`,
      {
        "synth s": figures.seconds,
        "ms a broker": millisecondsEach(figures),
        "whole process s": figures.processSeconds,
        "peak MB": figures.megabytes,
      },
    ]),
  );

  print(`Deploy of ${deploy.brokers} brokers from nothing, and a plan right after it: seconds, medians`, [
    ...deploy.engines.flatMap(engineRows),
    deploy.openssl === undefined
      ? ["openssl", { note: "cannot be run" }]
      : ["openssl, the classic flow", { deploy: deploy.openssl.seconds }],
  ]);

  print(
    "Targets",
    targets.map(({ target: name, atMost, measured, reached }) => [
      name,
      { "at most": atMost, ...(measured !== undefined && { measured }), reached },
    ]),
  );
}

type Row = readonly [name: string, cells: Readonly<Record<string, string | number>>];

function engineRows(engine: EngineFigures | MissingEngine): Row[] {
  if ("missing" in engine) {
    return [[engine.engine, { note: engine.missing }]];
  }
  const { deploy, unchangedPlan } = engine;
  return [
    [`${engine.engine}, ours`, { deploy: deploy.ours, "unchanged plan": unchangedPlan.ours }],
    [`${engine.engine}, by hand`, { deploy: deploy.byHand, "unchanged plan": unchangedPlan.byHand }],
    [`${engine.engine}, ours : by hand`, { deploy: deploy.ratio, "unchanged plan": unchangedPlan.ratio }],
  ];
}

function print(title: string, rows: readonly Row[]): void {
  console.log(`\n${title}`);
  const rounded = rows.map(([name, cells]) => [
    name,
    Object.fromEntries(
      Object.entries(cells).map(([column, cell]) => [
        column,
        typeof cell === "number" ? Number(cell.toPrecision(3)) : cell,
      ]),
    ),
  ]);
  console.table(Object.fromEntries(rounded));
}

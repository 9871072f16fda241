import type { Compared, Comparison } from "./deployment/compare";
import type { Figures } from "./deployment/outcome";
import { BARE_LOOP, BY_HAND, MACHINE, STATE, WITHOUT_PASSWORDS } from "./deployment/contests";
import type { LargeFigures } from "./deployment/large";
import type { OpensslFigures } from "./deployment/openssl";
import type { CheckFigures } from "./check/check";
import type { ReadFigures } from "./read/read";
import type { SynthFigures } from "./synth/synth";

/** All that was measured, and where. */
export interface Results {
  readonly environment: Readonly<Record<string, string | number | readonly string[]>>;
  readonly synth: readonly SynthFigures[];
  readonly reads: readonly ReadFigures[];
  readonly check: CheckFigures;
  readonly comparisons: readonly Compared[];
  readonly large: readonly LargeFigures[];
  /** Absent without openssl. */
  readonly classic?: OpensslFigures;
  readonly targets: readonly Target[];
}

interface Target {
  readonly target: string;
  readonly atMost?: number;
  readonly atLeast?: number;
  readonly measured?: number;
  readonly reached: "yes" | "no" | "not measured";
}

/** Holds what was measured against what is aimed at. */
export function judge(
  synth: readonly SynthFigures[],
  reads: readonly ReadFigures[],
  check: CheckFigures,
  comparisons: readonly Compared[],
  large: readonly LargeFigures[],
): Target[] {
  const largest = synth
    .filter(({ custody }) => custody === "state")
    .reduce((one, other) => (one.brokers > other.brokers ? one : other));
  const between = (ours: string, other: string) =>
    comparisons.filter((compared) => compared.ours === ours && compared.other === other);
  const machine = between(MACHINE, BARE_LOOP);
  const onMachine = synth
    .filter(({ custody }) => custody === "machine")
    .reduce((one, other) => (one.brokers > other.brokers ? one : other));
  return [
    atMost(1, `synth of ${largest.brokers} brokers, ms a broker`, millisecondsEach(largest)),
    atMost(600, `synth of ${largest.brokers} brokers, peak MB`, largest.megabytes),
    ...largestOf(reads).flatMap(({ what, brokers, seconds, megabytes }) => [
      atMost(10, `${brokers} brokers, ${what}, s`, seconds),
      atMost(1500, `${brokers} brokers, ${what}, peak MB`, megabytes),
    ]),
    atMost(60, `check of ${check.brokers} brokers on loopback, s`, check.seconds),
    atMost(1000, `check of ${check.brokers} brokers on loopback, peak MB`, check.megabytes),
    ...growths(reads).map(({ name, growth }) => atMost(1.5, `time of ${name}, a broker`, growth)),
    ...between(STATE, BY_HAND).map((compared) => atMost(1.15, `deploy of ${ratioName(compared)}`, ratioOf(compared))),
    ...comparisons
      .filter(({ other }) => other.endsWith(WITHOUT_PASSWORDS))
      .map((compared) =>
        atMost(
          2,
          `unchanged plan of ${ratioName(compared)}`,
          "missing" in compared ? undefined : compared.ratio.unchangedPlan,
        ),
      ),
    ...machine.map((compared) =>
      atMost(
        compared.keyAlgorithm === "ECDSA_P256" ? 0.6 : 0.55,
        `deploy of ${ratioName(compared)}`,
        ratioOf(compared),
      ),
    ),
    ...between(STATE, MACHINE)
      .filter(({ engine }) => !isOpenTofu(engine))
      .map((compared) => atLeast(20, `deploy of ${ratioName(compared)}`, ratioOf(compared))),
    ...machine.map((compared) =>
      atMost(
        3,
        `unchanged plan of ${nameOf(compared)}, ${MACHINE}, s`,
        "missing" in compared ? undefined : compared.seconds.ours.unchangedPlan,
      ),
    ),
    atMost(3, `synth of ${onMachine.brokers} brokers, ${MACHINE}, s`, onMachine.seconds),
    ...large.flatMap((figures) => {
      const name = `${figures.brokers} brokers, ${figures.engine}, ${MACHINE}`;
      return [
        atMost(0.5, `deploy of ${name} : ${BARE_LOOP}`, figures.toBareLoop),
        atMost(1, `deploy of ${name} : mkcert loop`, figures.toMkcert),
        atMost(10, `unchanged plan of ${name}, s`, figures.unchangedPlanSeconds),
        atMost(600, `unchanged plan of ${name}, peak MB`, figures.unchangedPlanMegabytes),
        atMost(20, `one broker more of ${name}: synth, plan and apply, s`, figures.additionSeconds),
      ];
    }),
  ];
}

/** Of each thing that is read, the one of most brokers. */
function largestOf(reads: readonly ReadFigures[]): ReadFigures[] {
  return reads.filter((one) => reads.every(({ what, brokers }) => what !== one.what || brokers <= one.brokers));
}

/** By how much a broker takes longer in the largest file than in the smallest: 1 where time is linear. */
function growths(reads: readonly ReadFigures[]): { readonly name: string; readonly growth: number }[] {
  return largestOf(reads).flatMap((large) => {
    const small = reads.find(({ what, brokers }) => what === large.what && brokers < large.brokers);
    return small === undefined
      ? []
      : [
          {
            name: `${large.what}, ${large.brokers} : ${small.brokers} brokers`,
            growth: large.seconds / large.brokers / (small.seconds / small.brokers),
          },
        ];
  });
}

function atMost(limit: number, target: string, measured: number | undefined): Target {
  return { target, atMost: limit, ...judgement(measured, (value) => value <= limit) };
}

function atLeast(limit: number, target: string, measured: number | undefined): Target {
  return { target, atLeast: limit, ...judgement(measured, (value) => value >= limit) };
}

function judgement(
  measured: number | undefined,
  isReached: (value: number) => boolean,
): Pick<Target, "measured" | "reached"> {
  return measured === undefined
    ? { reached: "not measured" }
    : { measured, reached: isReached(measured) ? "yes" : "no" };
}

function ratioOf(compared: Compared): number | undefined {
  return "missing" in compared ? undefined : compared.ratio.deploy;
}

function isOpenTofu(engine: string): boolean {
  return /tofu/i.test(engine);
}

function millisecondsEach({ seconds, brokers }: SynthFigures): number {
  return (seconds * 1000) / brokers;
}

/** Prints it for people. */
export function report({ environment, synth, reads, check, comparisons, large, classic, targets }: Results): void {
  for (const [name, value] of Object.entries(environment)) {
    console.log(`${name.padEnd(10)} ${[value].flat().join(", ")}`);
  }

  print(
    "Deploy from nothing, and an unchanged plan right after it: ratios, medians of the rounds'",
    comparisons.map((compared) => [
      ratioName(compared),
      "missing" in compared
        ? { note: compared.missing }
        : { ...columns(compared.ratio), rounds: compared.rounds.length },
    ]),
  );

  print("The same in seconds, medians", [
    ...comparisons.flatMap((compared) => ("missing" in compared ? [] : secondsRows(compared))),
    classic === undefined
      ? ["openssl", { note: "cannot be run" }]
      : [`${classic.brokers} ECDSA_P256, openssl, the classic flow`, { deploy: classic.seconds }],
  ]);

  const { brokers, toBareLoop, ...figures } = check;
  print("A check of brokers on loopback: medians", [
    [`${brokers} brokers`, { ...figures, "to bare handshakes": toBareLoop }],
  ]);

  print(
    "A large fleet with custody machine, once",
    large.map(({ engine, brokers, ...figures }) => [
      `${brokers} brokers, ${engine}`,
      {
        ...(figures.toBareLoop !== undefined && { [`: ${BARE_LOOP}`]: figures.toBareLoop }),
        ...(figures.toMkcert !== undefined && { ": mkcert loop": figures.toMkcert }),
        "deploy s": figures.deploySeconds,
        ...(figures.deployMegabytes !== undefined && { "peak MB": figures.deployMegabytes }),
        "unchanged plan s": figures.unchangedPlanSeconds,
        ...(figures.unchangedPlanMegabytes !== undefined && { "plan's peak MB": figures.unchangedPlanMegabytes }),
        "one more s": figures.additionSeconds,
      },
    ]),
  );

  print(
    "Synth, medians",
    synth.map((figures) => [
      `${figures.brokers} brokers, custody ${figures.custody}`,
      {
        "synth s": figures.seconds,
        "ms a broker": millisecondsEach(figures),
        "whole process s": figures.processSeconds,
        "peak MB": figures.megabytes,
      },
    ]),
  );

  print(
    "Review of a plan, and inventory of a state, custody state: medians",
    reads.map(({ what, brokers, seconds, megabytes, fileMegabytes }) => [
      `${brokers} brokers, ${what}`,
      {
        "whole s": seconds,
        "ms a broker": (seconds * 1000) / brokers,
        "peak MB": megabytes,
        "file MB": fileMegabytes,
      },
    ]),
  );

  print(
    "Targets",
    targets.map(({ target, atMost: most, atLeast: least, measured, reached }) => [
      target,
      {
        aim: most === undefined ? `at least ${least}` : `at most ${most}`,
        ...(measured !== undefined && { measured }),
        reached,
      },
    ]),
  );
}

type Row = readonly [name: string, cells: Readonly<Record<string, string | number>>];

function nameOf({ brokers, keyAlgorithm, engine }: Compared): string {
  return `${brokers} ${keyAlgorithm}, ${engine}`;
}

function ratioName(compared: Compared): string {
  return `${nameOf(compared)}, ${compared.ours} : ${compared.other}`;
}

function columns({ deploy, unchangedPlan }: Figures): Row[1] {
  return { deploy, ...(unchangedPlan !== undefined && { "unchanged plan": unchangedPlan }) };
}

function secondsRows(compared: Comparison): Row[] {
  const { ours, other, seconds } = compared;
  return [
    [`${nameOf(compared)}, ${ours}`, columns(seconds.ours)],
    [`${nameOf(compared)}, ${other}`, columns(seconds.other)],
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
  // Notes stand last, whichever row is first.
  const names = [...new Set(rows.flatMap(([, cells]) => Object.keys(cells)))];
  const inOrder = [...names.filter((name) => name !== "note"), ...names.filter((name) => name === "note")];
  console.table(Object.fromEntries(rounded), inOrder);
}

import type { Compared, Comparison, Figures } from "./compare";
import { BARE_LOOP, BY_HAND, MACHINE, STATE, WITHOUT_PASSWORDS } from "./contests";
import type { OpensslFigures } from "./openssl";
import type { ReadFigures } from "./read";
import type { SynthFigures } from "./synth";

/** All that was measured, and where. */
export interface Results {
  readonly environment: Readonly<Record<string, string | number | readonly string[]>>;
  readonly synth: readonly SynthFigures[];
  readonly reads: readonly ReadFigures[];
  readonly comparisons: readonly Compared[];
  /** Not where there is no openssl. */
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
  comparisons: readonly Compared[],
): Target[] {
  const largest = synth
    .filter(({ custody }) => custody === "state")
    .reduce((one, other) => (one.brokers > other.brokers ? one : other));
  const between = (ours: string, other: string) =>
    comparisons.filter((compared) => compared.ours === ours && compared.other === other);
  const machine = between(MACHINE, BARE_LOOP).filter(({ keyAlgorithm }) => keyAlgorithm === "ECDSA_P256");
  return [
    atMost(1, `synth of ${largest.brokers} brokers, ms a broker`, millisecondsEach(largest)),
    atMost(600, `synth of ${largest.brokers} brokers, peak MB`, largest.megabytes),
    ...largestOf(reads).flatMap(({ what, brokers, seconds, megabytes }) => [
      atMost(10, `${brokers} brokers, ${what}, s`, seconds),
      atMost(1500, `${brokers} brokers, ${what}, peak MB`, megabytes),
    ]),
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
    ...machine
      .filter(({ engine }) => isOpenTofu(engine))
      .map((compared) => atMost(1.5, `deploy of ${ratioName(compared)}`, ratioOf(compared))),
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
export function report({ environment, synth, reads, comparisons, classic, targets }: Results): void {
  for (const [name, value] of Object.entries(environment)) {
    console.log(`${name.padEnd(10)} ${[value].flat().join(", ")}`);
  }

  print(
    "Deploy from nothing, and an unchanged plan right after it: ratios, medians of the rounds'",
    comparisons.map((compared) => [
      ratioName(compared),
      "missing" in compared
        ? { note: compared.missing }
        : { ...columns(compared.ratio), rounds: compared.rounds.length, ...quickest(compared, comparisons) },
    ]),
  );

  print("The same in seconds, medians", [
    ...comparisons.flatMap((compared) => ("missing" in compared ? [] : secondsRows(compared))),
    classic === undefined
      ? ["openssl", { note: "cannot be run" }]
      : [`${classic.brokers} ECDSA_P256, openssl, the classic flow`, { deploy: classic.seconds }],
  ]);

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

function nameOf({ brokers, keyAlgorithm, engine, options }: Compared): string {
  return `${brokers} ${keyAlgorithm}, ${[engine, ...options].join(" ")}`;
}

function ratioName(compared: Compared): string {
  return `${nameOf(compared)}, ${compared.ours} : ${compared.other}`;
}

function columns({ deploy, unchangedPlan }: Figures): Row[1] {
  return { deploy, ...(unchangedPlan !== undefined && { "unchanged plan": unchangedPlan }) };
}

/** Says which of an engine's options are best, where it was tried with several. */
function quickest(compared: Comparison, comparisons: readonly Compared[]): Row[1] {
  const contest = ({ engine, brokers, keyAlgorithm, ours, other }: Compared) =>
    [engine, brokers, keyAlgorithm, ours, other].join();
  const others = comparisons.filter((one) => one !== compared && contest(one) === contest(compared));
  const isQuickest = others.every((one) => compared.ratio.deploy < (ratioOf(one) ?? Infinity));
  return others.length > 0 && isQuickest ? { note: "this engine's quickest" } : {};
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

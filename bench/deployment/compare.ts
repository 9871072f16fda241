import assert from "node:assert/strict";
import type { Facts } from "../support/certificates";
import type { Engine } from "./engine";
import type { Figures, Outcome } from "./outcome";
import type { Size } from "../support/fleet";
import { median, Missing, rounds } from "../support/run";

/** Two ways to the same certificates. */
export interface Contest extends Size {
  readonly ours: string;
  readonly other: string;
}

interface Pair {
  readonly ours: Figures;
  readonly other: Figures;
}

interface ContestOfEngine extends Contest {
  readonly engine: string;
}

export interface Comparison extends ContestOfEngine {
  /** Ours in the terms of the other: the medians of the rounds' ratios. */
  readonly ratio: Figures;
  /** Medians. */
  readonly seconds: Pair;
  readonly rounds: readonly Pair[];
  /** What the first broker's certificate says, whichever way it was made. */
  readonly certificate: Facts;
}

/** A comparison that there cannot be here. */
interface NoComparison extends ContestOfEngine {
  readonly missing: string;
}

export type Compared = Comparison | NoComparison;

/**
 * Times both ways, one right after the other, so that a slower machine is slower for both, in as many rounds as `count`.
 *
 * @throws if the two ways' certificates do not say the same
 */
export function compare(
  engine: Engine,
  contest: Contest,
  count: number,
  ours: () => Outcome,
  other: () => Outcome,
): Compared {
  const { program, version } = engine;
  const named = { engine: version ?? program, ...contest };
  if (version === undefined) {
    return { ...named, missing: "cannot be run" };
  }
  try {
    const title = `${version}, ${contest.brokers} ${contest.keyAlgorithm}, ${contest.ours} : ${contest.other}`;
    const measured = rounds(count, title, () => {
      // The other goes first: it is quicker to say what is missing.
      const theirs = other();
      const own = ours();
      assert.deepEqual(own.certificate, theirs.certificate, "The two ways' certificates do not say the same.");
      return { certificate: own.certificate, pair: { ours: own.seconds, other: theirs.seconds } };
    });
    const [first] = measured;
    assert(first !== undefined);
    const pairs = measured.map(({ pair }) => pair);
    return {
      ...named,
      ratio: medians(pairs.map(ratio)),
      seconds: { ours: medians(pairs.map((pair) => pair.ours)), other: medians(pairs.map((pair) => pair.other)) },
      rounds: pairs,
      certificate: first.certificate,
    };
  } catch (error) {
    if (error instanceof Missing) {
      return { ...named, missing: error.message };
    }
    throw error;
  }
}

function ratio({ ours, other }: Pair): Figures {
  return {
    deploy: ours.deploy / other.deploy,
    ...(ours.unchangedPlan !== undefined &&
      other.unchangedPlan !== undefined && { unchangedPlan: ours.unchangedPlan / other.unchangedPlan }),
  };
}

function medians(figures: readonly Figures[]): Figures {
  const plans = figures.flatMap(({ unchangedPlan }) => unchangedPlan ?? []);
  return {
    deploy: median(figures.map(({ deploy }) => deploy)),
    ...(plans.length > 0 && { unchangedPlan: median(plans) }),
  };
}

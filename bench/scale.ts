/**
 * Measures how fleets of a thousand brokers and more deploy: as one stack and as shards, with states in files and in a
 * PostgreSQL, on each engine, compared with the same resources written by hand with `for_each`. Prints tables, ratios first, and
 * writes all that it measured to bench/scale-results.json.
 *
 *     npm run bench:scale                about three quarters of an hour
 *     npm run bench:scale -- --quick     small fleets, to try the bench itself
 *     npm run bench:scale -- --only "tofu|by hand"    those whose names match that regular expression
 */
import { writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { findPostgres, Postgres } from "../__tests__/e2e/support/postgres";
import { requiredProviders, writeForEach } from "./deployment/by-hand";
import { findEngines, type Engine } from "./deployment/engine";
import { addresses } from "./support/fleet";
import { deployByHand, deployFleet, type Layout, type ScaleFigures } from "./shards/deploy-shards";
import { measureSynth, synthesized } from "./synth/synth";

const FULL = { brokers: 1_000, shards: { terraform: 20, tofu: 4 }, large: { brokers: 10_000, shards: 40 } };
const QUICK: typeof FULL = { brokers: 12, shards: { terraform: 3, tofu: 2 }, large: { brokers: 30, shards: 4 } };

const BY_HAND = "by hand with for_each, local state";

/** How many stacks are deployed at a time, as by `cdktf deploy '*' --parallelism 2`. */
const SIDE_BY_SIDE = 2;

const { values: options } = parseArgs({
  options: { quick: { type: "boolean", default: false }, only: { type: "string", default: "" } },
});
process.env["CHECKPOINT_DISABLE"] ??= "1";

void main(options.quick ? QUICK : FULL);

async function main(sizes: typeof FULL): Promise<void> {
  const engines = findEngines().filter(({ version }) => version !== undefined);
  const missing = findPostgres().missing;
  const environment = {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    node: process.version,
    engines: engines.map(({ version }) => version),
    postgresql: missing ?? findPostgres().program,
  };
  const figures: ScaleFigures[] = [];
  const measure = async (name: string, body: () => Promise<ScaleFigures>): Promise<void> => {
    if (!new RegExp(options.only).test(name)) {
      return;
    }
    console.error(name);
    figures.push(await body());
    // After each, for it takes long, and the last may fail.
    keep({ environment, figures });
  };
  for (const engine of engines) {
    for (const layout of layoutsOf(engine, sizes, missing === undefined)) {
      await measure(layout.name, () => withDatabase(layout, (connection) => deployFleet(engine, layout, connection)));
    }
  }
  const providers = requiredProviders(synthesized({ brokers: 1, keyAlgorithm: "ECDSA_P256", custody: "state" }));
  const byHand = writeForEach(addresses(sizes.brokers), providers);
  // Terraform last: that is what takes a quarter of an hour.
  for (const engine of engines.toReversed()) {
    const name = `${engine.program}, ${sizes.brokers} brokers, ${BY_HAND}`;
    await measure(name, () => deployByHand(engine, name, sizes.brokers, JSON.stringify(byHand)));
  }
  const synth = measureSynth({ brokers: sizes.large.brokers, keyAlgorithm: "ECDSA_P256", custody: "state" }, 3);

  keep({ environment, figures, synth });
  console.log(environment);
  console.table(ratios(figures, engines));
  console.table(
    Object.fromEntries(
      figures.map(({ name, deploySeconds, unchangedPlanSeconds, addition }) => [
        name,
        {
          "deploy s": round(deploySeconds),
          "unchanged plan s": round(unchangedPlanSeconds),
          ...(addition && {
            "add one: stacks": addition.stacks,
            "synth s": round(addition.synthSeconds),
            "affected s": round(addition.affectedSeconds),
            "plan s": round(addition.planSeconds),
            "apply s": round(addition.applySeconds),
          }),
        },
      ]),
    ),
  );
  console.log(`synth of ${synth.brokers} brokers: ${round(synth.seconds)} s, ${round(synth.megabytes)} MB`);
}

function layoutsOf({ program }: Engine, { brokers, shards, large }: typeof FULL, hasPostgres: boolean): Layout[] {
  const isTofu = program.includes("tofu");
  const own = isTofu ? shards.tofu : shards.terraform;
  const layout = (count: number, stacks: number, isRemote: boolean): Layout => ({
    name: `${program}, ${count} brokers, ${stacks === 0 ? "one stack" : `${stacks} shards`}, ${isRemote ? "PostgreSQL" : "local state"}`,
    brokers: count,
    shards: stacks,
    isRemote,
    sideBySide: SIDE_BY_SIDE,
  });
  return [
    layout(brokers, own, false),
    // What takes a quarter of an hour with Terraform is what is written by hand: ours is the same there.
    ...(isTofu ? [layout(brokers, 0, false)] : []),
    ...(hasPostgres ? [layout(brokers, 0, true), layout(brokers, own, true)] : []),
    ...(isTofu ? [layout(large.brokers, large.shards, false)] : []),
  ];
}

function keep(results: object): void {
  writeFileSync(join(__dirname, "scale-results.json"), `${JSON.stringify(results, undefined, 2)}\n`);
}

async function withDatabase<T>({ isRemote }: Layout, body: (connection?: string) => Promise<T>): Promise<T> {
  if (!isRemote) {
    return body();
  }
  const server = await Postgres.start();
  Object.assign(process.env, server.credentials);
  try {
    return await body(await server.createDatabase("states"));
  } finally {
    await server.stop();
  }
}

/** Of each engine, each layout of its fleet of that size to what is written by hand. */
function ratios(figures: readonly ScaleFigures[], engines: readonly Engine[]): Record<string, object> {
  return Object.fromEntries(
    engines.flatMap(({ program }) => {
      const own = figures.filter(({ name }) => name.startsWith(`${program},`));
      const hand = own.find(({ name }) => name.endsWith(BY_HAND));
      return own
        .filter((one) => one !== hand && one.brokers === hand?.brokers)
        .map((one) => [
          `${one.name} : ${BY_HAND}`,
          { deploy: round(one.deploySeconds / (hand?.deploySeconds ?? NaN)) },
        ]);
    }),
  );
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

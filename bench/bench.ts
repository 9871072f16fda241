/**
 * Measures how long the library takes, and how much memory, compared with what its users would do without it. Prints tables,
 * and writes all that it measured to bench/results.json.
 *
 *     npm run bench
 *     npm run bench -- --skip-custody-state    without the deployments of a large fleet with custody "state": with
 *                                              Terraform, that takes a quarter of an hour
 *     npm run bench -- --quick                 small fleets, once each: to try the bench itself
 */
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { compareCustodies, compareWithBareLoop, compareWithHand, compareWithoutPasswords } from "./deployment/contests";
import { requiredProviders } from "./deployment/by-hand";
import { findEngines } from "./deployment/engine";
import { measureLarge } from "./deployment/large";
import { measureOpenssl } from "./deployment/openssl";
import { judge, report, type Results } from "./report";
import { measureCheck } from "./check/check";
import { measureRead } from "./read/read";
import { ALL_READ } from "./read/repeated-text";
import { versionOf } from "./support/run";
import { measureSynth, synthesized } from "./synth/synth";

const FULL = {
  synth: { brokers: [10, 1_000, 10_000], rounds: 3 },
  read: { brokers: [1_000, 10_000], rounds: 3 },
  check: { brokers: 10_000, rounds: 3 },
  // A shared machine is noisy: single pairs differ by half, medians of five by a few hundredths.
  byHand: { brokers: 100, rounds: 5 },
  passwords: { brokers: 100, rounds: 3 },
  ecdsa: { brokers: 1_000, rounds: 3 },
  // Most of the time goes into finding primes, with any tool.
  rsa: { brokers: 200, rounds: 3 },
  large: { brokers: 10_000 },
};

const QUICK: typeof FULL = {
  synth: { brokers: [10], rounds: 1 },
  read: { brokers: [10, 100], rounds: 1 },
  check: { brokers: 100, rounds: 1 },
  byHand: { brokers: 5, rounds: 1 },
  passwords: { brokers: 5, rounds: 1 },
  ecdsa: { brokers: 20, rounds: 1 },
  rsa: { brokers: 5, rounds: 1 },
  large: { brokers: 50 },
};

const SKIP_STATE = "skip-custody-state";

const { values: options } = parseArgs({
  options: { quick: { type: "boolean", default: false }, [SKIP_STATE]: { type: "boolean", default: false } },
});

// No engine is to call home while it is timed.
process.env["CHECKPOINT_DISABLE"] ??= "1";

const results = measure(options.quick ? QUICK : FULL);
writeFileSync(join(__dirname, "results.json"), `${JSON.stringify(results, undefined, 2)}\n`);
report(results);

function measure({
  synth,
  read,
  check,
  byHand,
  passwords,
  ecdsa,
  rsa,
  large: { brokers: many },
}: typeof FULL): Results {
  const engines = findEngines();
  const openssl = versionOf("openssl");
  const cdktf = JSON.parse(readFileSync(require.resolve("cdktf/package.json"), "utf8")) as { version: string };
  const providers = requiredProviders(synthesized({ brokers: 1, keyAlgorithm: "ECDSA_P256", custody: "state" }));
  const environment = {
    date: new Date().toISOString(),
    options: process.argv.length > 2 ? process.argv.slice(2) : "none",
    cpu: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    node: process.version,
    cdktf: cdktf.version,
    engines: engines.map(({ program, version }) => version ?? `${program} cannot be run`),
    providers: Object.values(providers).map(({ source, version }) => `${source} ${version}`),
    openssl: openssl ?? "cannot be run",
  };

  const synths = synth.brokers.flatMap((brokers) =>
    (["state", "machine"] as const).map((custody) =>
      measureSynth({ brokers, keyAlgorithm: "ECDSA_P256", custody }, synth.rounds),
    ),
  );
  const reads = ALL_READ.flatMap((what) => read.brokers.map((brokers) => measureRead(what, brokers, read.rounds)));
  const checked = measureCheck(check.brokers, check.rounds);
  const classic = openssl === undefined ? {} : { classic: measureOpenssl(byHand.brokers, byHand.rounds) };
  const hand = compareWithHand(engines, { brokers: byHand.brokers, keyAlgorithm: "ECDSA_P256" }, byHand.rounds);
  const { brokers, rounds } = passwords;
  const passwordless = compareWithoutPasswords(engines, { brokers, keyAlgorithm: "ECDSA_P256" }, rounds);
  const large = { brokers: ecdsa.brokers, keyAlgorithm: "ECDSA_P256" } as const;
  const machine = compareWithBareLoop(engines, large, ecdsa.rounds);
  const rsaMachine = compareWithBareLoop(engines, { brokers: rsa.brokers, keyAlgorithm: "RSA_2048" }, rsa.rounds);
  const skipped = options[SKIP_STATE] ? `not measured: --${SKIP_STATE}` : undefined;
  const custodies = compareCustodies(engines, large, machine, skipped);

  const comparisons = [...hand, ...passwordless, ...machine, ...rsaMachine, ...custodies];
  const largest = measureLarge(engines, { brokers: many, keyAlgorithm: "ECDSA_P256" });
  const targets = judge(synths, reads, checked, comparisons, largest);
  return { environment, synth: synths, reads, check: checked, comparisons, large: largest, ...classic, targets };
}

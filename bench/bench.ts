/**
 * Measures how long the library takes, and how much memory, beside what its users would do without it. Prints tables,
 * and writes all that it measured to bench/results.json.
 *
 *     npm run bench
 */
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { assertSameWork, writeByHand, type Configuration } from "./by-hand";
import { findEngines, measureEngine } from "./deploy";
import { addresses } from "./fleet";
import { measureOpenssl } from "./openssl";
import { judge, report, type Results } from "./report";
import { inNewDirectory, versionOf } from "./run";
import { measureSynth, STACK_FOLDER, synthesize } from "./synth";

const SYNTH_ROUNDS = 3;
// A shared machine is noisy: single pairs differ by half, medians of five by a few hundredths.
const DEPLOY_ROUNDS = 5;
const SYNTHESIZED = [10, 1_000, 10_000];
const DEPLOYED = 100;

// No engine is to call home while it is timed.
process.env["CHECKPOINT_DISABLE"] ??= "1";

const results = measure();
writeFileSync(join(__dirname, "results.json"), `${JSON.stringify(results, undefined, 2)}\n`);
report(results);

function measure(): Results {
  const text = inNewDirectory((directory) => {
    synthesize(DEPLOYED, directory);
    return readFileSync(join(directory, STACK_FOLDER, "cdk.tf.json"), "utf8");
  });
  const ours = JSON.parse(text) as Configuration;
  const providers = ours.terraform.required_providers;
  const byHand = writeByHand(addresses(DEPLOYED), providers);
  assertSameWork(ours, byHand);

  const openssl = versionOf("openssl");
  const engines = findEngines();
  const cdktf = JSON.parse(readFileSync(require.resolve("cdktf/package.json"), "utf8")) as { version: string };
  const environment = {
    date: new Date().toISOString(),
    cpu: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    node: process.version,
    cdktf: cdktf.version,
    engines: engines.map(({ program, version }) => version ?? `${program} cannot be run`),
    providers: Object.values(providers).map(({ source, version }) => `${source} ${version}`),
    openssl: openssl ?? "cannot be run",
  };

  const synth = SYNTHESIZED.map((brokers) => measureSynth(brokers, SYNTH_ROUNDS));
  const deploy = {
    brokers: DEPLOYED,
    engines: engines.map((engine) =>
      measureEngine(
        engine,
        { text, folder: STACK_FOLDER },
        { text: JSON.stringify(byHand), folder: "." },
        DEPLOY_ROUNDS,
      ),
    ),
    ...(openssl !== undefined && { openssl: measureOpenssl(addresses(DEPLOYED), DEPLOY_ROUNDS) }),
  };
  return { environment, synth, deploy, targets: judge(synth, deploy.engines) };
}

/**
 * Runs a cdktf command on this repository's app, after it has made sure that there is an engine and that the engine can
 * have its providers: cdktf itself fails on either with a message that does not say what to do.
 *
 *     node --import tsx scripts/cdktf.ts synth|diff|deploy|destroy [--offline] [options of cdktf]
 *
 * With --offline, fleets that do not declare their custody have custody "machine", which needs no provider.
 */
import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { chmodSync, closeSync, openSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { type Custody, CUSTODY_CONTEXT } from "../lib/values/custody";

const AIR_GAPPED_PAGE = "docs/air-gapped.md";
const OUTDIR = process.env["CDKTF_OUTDIR"] ?? "cdktf.out";

interface Manifest {
  readonly stacks: Readonly<Record<string, { readonly workingDirectory: string }>>;
}

interface Stack {
  readonly terraform: {
    readonly backend: { readonly local?: { readonly path: string } };
    readonly encryption?: unknown;
  };
}

/** What went wrong, for the user's eyes: no stack trace. */
class Failure extends Error {}

function main([command = "", ...given]: string[]): number {
  const options = given.filter((option) => option !== "--offline");
  if (options.length < given.length) {
    chooseCustody("machine");
  }
  // Neither cdktf nor the engine is to call home.
  process.env["CHECKPOINT_DISABLE"] ??= "1";
  if (command === "synth" || options.includes("--help")) {
    return cdktf([command, ...options]).status ?? 1;
  }
  if (command !== "diff" && !process.stdin.isTTY && !options.includes("--auto-approve")) {
    throw new Failure(
      `"${command}" asks before it changes anything, and here is no terminal to answer from.\n` +
        `To go on without a question: npm run ${command} -- --auto-approve`,
    );
  }
  const engine = findEngine();
  process.env["TERRAFORM_BINARY_NAME"] = engine;
  synthesize();
  for (const folder of stackFolders()) {
    guardKeys(folder);
    installProviders(engine, folder);
  }
  return cdktf([command, "--skip-synth", ...options]).status ?? 1;
}

/** As the `context` of cdktf.json does, to which cdktf adds this. */
function chooseCustody(custody: Custody): void {
  const context = JSON.parse(process.env["CDKTF_CONTEXT_JSON"] ?? "{}") as object;
  process.env["CDKTF_CONTEXT_JSON"] = JSON.stringify({ ...context, [CUSTODY_CONTEXT]: custody });
}

/** The engine that is asked for, or else the one that is there. */
function findEngine(): string {
  const asked = process.env["TERRAFORM_BINARY_NAME"];
  const candidates = asked === undefined ? ["terraform", "tofu"] : [asked];
  const found = candidates.find((engine) => spawnSync(engine, ["version"]).status === 0);
  if (found === undefined) {
    throw new Failure(
      `No engine: ${candidates.map((name) => `"${name}"`).join(" and ")} cannot be run.\n` +
        "Install Terraform 1.5 or later (https://developer.hashicorp.com/terraform/install) or OpenTofu 1.6 or later\n" +
        "(https://opentofu.org/docs/intro/install), or name the program in TERRAFORM_BINARY_NAME.",
    );
  }
  return found;
}

function synthesize(): void {
  // Without its log, cdktf shows the app's error once.
  const result = cdktf(["synth"], { CDKTF_LOG_LEVEL: "off" }, "pipe");
  if (result.status !== 0) {
    throw new Failure(`${result.stdout}${result.stderr}`.replace(/^[^]*?(?=ERROR: )/, "").trim());
  }
}

function stackFolders(): string[] {
  const manifest = JSON.parse(readFileSync(join(OUTDIR, "manifest.json"), "utf8")) as Manifest;
  return Object.values(manifest.stacks).map((stack) => join(OUTDIR, stack.workingDirectory));
}

/** State and plan hold private keys: they are to be for the eyes of the one who deploys, as the key files are. */
function guardKeys(folder: string): void {
  chmodSync(folder, 0o700);
  const path = readStack(folder).terraform.backend.local?.path;
  for (const file of path === undefined ? [] : [resolve(folder, path), resolve(folder, `${path}.backup`)]) {
    // The engine writes into a file that is there, and keeps its mode. An empty one is no state.
    closeSync(openSync(file, "a", 0o600));
    chmodSync(file, 0o600);
  }
}

function readStack(folder: string): Stack {
  return JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8")) as Stack;
}

/** Writes the lock file as well, so that cdktf need not ask the registry for one: that does not honour mirrors. */
function installProviders(engine: string, folder: string): void {
  // Without its backend, OpenTofu takes an encrypted state for a broken one.
  const options = readStack(folder).terraform.encryption === undefined ? ["-backend=false"] : [];
  const result = spawnSync(engine, ["init", ...options, "-input=false", "-no-color"], {
    cwd: folder,
    encoding: "utf8",
  });
  if (result.status === 0) {
    return;
  }
  const text = `${result.stdout}${result.stderr}`.trim();
  const unreachable = /Failed to (query available|resolve|install) provider/i.test(text);
  throw new Failure(
    unreachable
      ? `The providers hashicorp/tls and hashicorp/local cannot be had: ${engine} reaches neither its registry nor a mirror.\n` +
          `For a network without a registry see ${AIR_GAPPED_PAGE}; or, with custody "machine", do without them: npm run deploy:offline.\n\n${firstError(text)}`
      : text,
  );
}

function firstError(text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const start = lines.findIndex((line) => line.includes("Error: "));
  return lines.slice(start, start + 6).join("\n");
}

function cdktf(
  parameters: string[],
  env: NodeJS.ProcessEnv = {},
  stdio: "inherit" | "pipe" = "inherit",
): SpawnSyncReturns<string> {
  const require = createRequire(__filename);
  const program = join(dirname(require.resolve("cdktf-cli/package.json")), "bundle/bin/cdktf");
  return spawnSync(process.execPath, [program, ...parameters], {
    env: { ...process.env, ...env },
    stdio,
    encoding: "utf8",
  });
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Failure)) {
    throw error;
  }
  console.error(error.message);
  process.exitCode = 1;
}

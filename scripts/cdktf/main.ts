/**
 * Runs a cdktf command on this repository's app. First it makes sure that an engine is installed and has the providers that the
 * app needs: the messages of cdktf itself do not say what to do.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { Command, Option } from "commander";
import type { Custody } from "../../lib/values/custody";
import { Engine } from "./engine";
import { Failure } from "./failure";
import { settleStacks, synthesizeAsDeployed } from "./settled-stacks";
import { OUTDIR } from "./synthesized-stack";

interface Options {
  readonly custody?: Custody;
}

function synth({ custody }: Options): void {
  const stacks = synthesizeAsDeployed(custody);
  for (const { constructPath, level, message } of stacks.flatMap(({ annotations }) => annotations)) {
    console.error(`[${level.replace("@cdktf/", "").toUpperCase()}] ${constructPath}: ${message}`);
  }
  console.log(`Synthesized into ${OUTDIR}: ${stacks.map(({ name }) => name).join(", ")}`);
}

/** @param options those of cdktf */
async function onStacks(command: string, { custody }: Options, options: readonly string[]): Promise<void> {
  if (command !== "diff" && !process.stdin.isTTY && !options.includes("--auto-approve")) {
    throw new Failure(
      `"${command}" asks before it changes anything, and there is no terminal to answer on.\n` +
        `To continue without a question: npm run ${command} -- --auto-approve`,
    );
  }
  const engine = Engine.find();
  forgetMissingConfiguration();
  const stacks = await settleStacks(engine, command, custody);
  // The lock file exists: cdktf would get one for other machines too from the registry, and ignore mirrors.
  const locked = stacks.some((stack) => stack.isAppliedElsewhere) ? [] : ["--skip-provider-lock"];
  const program = join(dirname(require.resolve("cdktf-cli/package.json")), "bundle/bin/cdktf");
  const { status } = spawnSync(process.execPath, [program, command, "--skip-synth", ...locked, ...options], {
    env: { ...process.env, TERRAFORM_BINARY_NAME: engine.program },
    stdio: "inherit",
  });
  process.exitCode = status ?? 1;
  if (status === 1) {
    // cdktf may end before it has shown the engine's last output.
    for (const stack of stacks) {
      process.stderr.write(engine.flawOfPlan(stack, command));
    }
  }
}

function createProgram(): Command {
  const program = new Command("npm run").helpCommand(false);
  const add = (name: string, description: string): Command =>
    program
      .command(name)
      .description(description)
      .addOption(
        new Option("--custody <custody>", "where private keys live, for fleets that do not declare it").choices([
          "state",
          "machine",
        ] satisfies Custody[]),
      );
  add("synth", `synthesize the Terraform configuration into ${OUTDIR}`).action(synth);
  for (const [name, description] of [
    ["diff", "show what a deployment would change"],
    ["deploy", "show the plan, ask, and deploy"],
    ["destroy", "show what would be destroyed, ask, and destroy it"],
  ] as const) {
    add(name, description)
      .allowUnknownOption()
      .allowExcessArguments()
      .addHelpText("after", `\nAll other options are cdktf's: npx cdktf ${name} --help`)
      .action((options: Options, { args }: Command) => onStacks(name, options, args));
  }
  return program;
}

/** An engine only warns about a missing file. cdktf reports the warning as an error, each time that it runs the engine. */
function forgetMissingConfiguration(): void {
  const file = process.env["TF_CLI_CONFIG_FILE"];
  if (file !== undefined && !existsSync(file)) {
    console.error(`TF_CLI_CONFIG_FILE names ${file}, which does not exist: the engine runs without it.`);
    delete process.env["TF_CLI_CONFIG_FILE"];
  }
}

/** Whether a file cannot be read or written: the system's message says which, and why. */
function isOfFiles(error: unknown): error is Error {
  return error instanceof Error && "syscall" in error && "path" in error;
}

// Neither cdktf nor the engine may call home.
process.env["CHECKPOINT_DISABLE"] ??= "1";
// The providers are installed before cdktf runs. It would cache them, and fail if the home directory is read-only.
process.env["CDKTF_DISABLE_PLUGIN_CACHE_ENV"] ??= "1";

createProgram()
  .parseAsync()
  .catch((error: unknown) => {
    if (!(error instanceof Failure || isOfFiles(error))) {
      throw error;
    }
    console.error(error.message);
    process.exitCode = 1;
  });

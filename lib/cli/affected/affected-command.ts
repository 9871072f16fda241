import { Command } from "commander";
import { jsonText } from "../../errors";
import { addExamples, type Example } from "../examples";
import type { Io } from "../io";
import { affected } from "./affected";
import { readSynth } from "./synth";

interface Options {
  readonly base: string;
  readonly head: string;
  readonly exitCode?: true;
}

const EXAMPLES: readonly Example[] = [
  [
    "list the stacks that a change affects, for a matrix of jobs",
    "mqtt-pki affected --base base/cdktf.out --head cdktf.out",
  ],
  ["exit with 1 if a change affects any stack", "mqtt-pki affected --base base/cdktf.out --head cdktf.out --exit-code"],
];

export function affectedCommand(io: Io): Command {
  const command = new Command("affected")
    .description("Lists the stacks that differ between two synthesized directories, as JSON for a matrix of jobs.")
    .requiredOption(
      "--base <directory>",
      "what is deployed: cdktf.out of the base, or an empty directory if there is no base",
    )
    .requiredOption("--head <directory>", "what would be deployed: cdktf.out of the change")
    .option("--exit-code", "exit with 1 if a stack differs, and with 0 if none does")
    .action(async ({ base, head, exitCode }: Options) => {
      const found = affected(await readBase(io, base), await readSynth(io, head));
      io.write(`${jsonText(found)}\n`);
      if (exitCode === true && found.include.length + found.removed.length > 0) {
        io.reportFindings();
      }
    });
  return addExamples(command, EXAMPLES);
}

/** The first commit has no base, so its directory is empty. An empty head is a failed synth, not a removed fleet. */
async function readBase(io: Io, directory: string): ReturnType<typeof readSynth> {
  const files = await io.list(directory);
  return files?.length === 0 ? [] : readSynth(io, directory);
}

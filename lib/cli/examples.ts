import type { Command } from "commander";

/** A line for a shell, and what it is for. */
export type Example = readonly [what: string, line: string];

/** The examples of a command, at the end of its help. */
export function addExamples(command: Command, examples: readonly Example[]): Command {
  const lines = examples.flatMap(([what, line]) => ["", `  # ${what}`, `  ${line}`]);
  return command.addHelpText("after", ["", "Examples:", ...lines].join("\n"));
}

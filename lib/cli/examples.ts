import type { Command } from "commander";

/** A shell command, and what it does. */
export type Example = readonly [what: string, line: string];

/** Adds examples to the end of a command's help. */
export function addExamples(command: Command, examples: readonly Example[]): Command {
  const lines = examples.flatMap(([what, line]) => ["", `  # ${what}`, `  ${line}`]);
  return command.addHelpText("after", ["", "Examples:", ...lines].join("\n"));
}

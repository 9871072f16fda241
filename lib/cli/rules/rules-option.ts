import { type Command } from "commander";
import type { Io } from "../io";
import { RULE_KINDS } from "./kinds";
import type { Rules } from "./rule";
import { readRules } from "./rules-file";

/** The default file in the current directory. */
const FOUND = "mqtt-pki.yaml";

/** The options of {@link addRulesOption}: a file, no rules, or the default file. */
export interface RulesOption {
  readonly rules?: string | false;
}

export function addRulesOption(command: Command): Command {
  return command
    .option("--rules <file>", `check the rules in this file (default: ${FOUND}, if it exists)`)
    .option("--no-rules", "check no rules");
}

/**
 * The rules that a command checks; undefined if there are none.
 *
 * @throws InputError if the file cannot be read
 * @throws InvalidInputError with all problems of the file
 */
export async function rulesOf(io: Io, { rules }: RulesOption): Promise<Rules | undefined> {
  if (rules === false) {
    return undefined;
  }
  const file = rules ?? FOUND;
  const content = rules === undefined ? await io.find(file) : await io.read(file);
  return content && readRules(file, content, RULE_KINDS);
}

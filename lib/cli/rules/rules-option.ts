import { type Command } from "commander";
import type { Io } from "../io";
import { RULE_KINDS } from "./kinds";
import type { Rules } from "./rule";
import { readRules } from "./rules-file";

/** The file that is found by itself, where a command is run. */
const FOUND = "mqtt-pki.yaml";

/** What {@link addRulesOption} adds to a command's options: a file, none at all, or the one that is found by itself. */
export interface RulesOption {
  readonly rules?: string | false;
}

export function addRulesOption(command: Command): Command {
  return command
    .option("--rules <file>", `hold it to the rules in that file (default: ${FOUND}, where there is one)`)
    .option("--no-rules", "hold it to none");
}

/**
 * The rules that a command is to hold what it finds to; undefined where there are none.
 *
 * @throws InputError where the file cannot be read
 * @throws InvalidInputError with all that is wrong with it
 */
export async function rulesOf(io: Io, { rules }: RulesOption): Promise<Rules | undefined> {
  if (rules === false) {
    return undefined;
  }
  const file = rules ?? FOUND;
  const content = rules === undefined ? await io.find(file) : await io.read(file);
  return content && readRules(file, content, RULE_KINDS);
}

import { Option } from "commander";
import { nameList } from "./name-list";

/** The option `--fail-on`, with the kinds that a command may find. */
export function failOnOption(reasons: readonly string[]): Option {
  const description = `exit with 1 if one of these is found, separated by commas: ${reasons.join(", ")}`;
  return new Option("--fail-on <kinds>", description).argParser(nameList(reasons));
}

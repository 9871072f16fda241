import { Option } from "commander";
import { nameList } from "./name-list";

/** `--fail-on`, for what a command may find: in its order. */
export function failOnOption(reasons: readonly string[]): Option {
  const description = `end with 1 where one of these is found, separated by commas: ${reasons.join(", ")}`;
  return new Option("--fail-on <kinds>", description).argParser(nameList(reasons));
}

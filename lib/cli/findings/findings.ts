import type { Command } from "commander";
import type { Declarations } from "../declared/declarations";
import type { FilePlace } from "../declared/file-place";
import type { Io } from "../io";
import type { Rules } from "../rules/rule";
import type { Violation } from "../rules/violation";
import { type Finding, type Findings, LEVELS } from "./finding";
import { findingsOfRules } from "./of-rules";
import { plainText } from "./plain-text";
import { repositoryPath } from "./repository-path";

/** The usual file of a declaration, if no declaration is found. */
const NO_FILE = "main.ts";

/** A command with its rules and declarations. */
export interface Asked {
  readonly command: Command;
  readonly rules: Rules | undefined;
  readonly declarations: Declarations;
}

/**
 * Collects the findings of a command and the violations of rules. All texts are safe for every format, and places are paths that
 * CI systems know.
 */
export function toFindings(
  io: Pick<Io, "env" | "directory">,
  { command, rules, declarations }: Asked,
  own: readonly Finding[],
  violations: readonly Violation[],
): Findings {
  const placeOf = ({ file, ...position }: FilePlace): FilePlace => ({
    file: plainText(repositoryPath(io, file)),
    ...position,
  });
  const all = [...(rules === undefined ? [] : findingsOfRules(rules, violations)), ...own].map(
    ({ id, level, address, location, message, declared, rule, waiver }): Finding => ({
      ...{ id, level },
      address: address === null ? null : plainText(address),
      location: location === null ? null : plainText(location),
      message: plainText(message),
      ...(declared !== undefined && { declared: placeOf(declared) }),
      ...(rule !== undefined && { rule: placeOf(rule) }),
      ...(waiver !== undefined && { waiver: plainText(waiver) }),
    }),
  );
  return {
    command: command.name(),
    version: command.parent?.version(),
    rules,
    all: all.toSorted((one, other) => LEVELS.indexOf(one.level) - LEVELS.indexOf(other.level)),
    fallback: placeOf({ file: declarations.mainFile ?? NO_FILE, line: 1 }),
  };
}

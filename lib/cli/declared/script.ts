import jsTokens, { type Token } from "js-tokens";
import { lazy, positionsOf } from "../../located-text/located-text";
import type { DeclaredName } from "./declared-file";

/** The declarations in a TypeScript or JavaScript file. */
export interface Script {
  readonly names: readonly DeclaredName[];
  /** The fleet files that it reads. */
  readonly fleetFiles: readonly string[];
}

/** The properties whose values are names of brokers and authorities. */
const PROPERTIES: readonly string[] = ["address", "commonName"];

/** The function that reads brokers from a file. */
const READS_FILE = "brokersFromFile";

/** Reads the strings of a TypeScript or JavaScript file, without those in comments. */
export function readScript(text: string): Script {
  const positionAt = lazy(() => positionsOf(text));
  const names: DeclaredName[] = [];
  const fleetFiles: string[] = [];
  let [before, last] = ["", ""];
  let index = 0;
  for (const token of jsTokens(text)) {
    const value = valueOf(token);
    if (value !== undefined) {
      const isCertain = last === ":" && PROPERTIES.includes(before);
      names.push({ name: value, position: positionAt()(index), isCertain });
      if (last === "(" && before === READS_FILE) {
        fleetFiles.push(value);
      }
    }
    if (!isPassedOver(token)) {
      [before, last] = [last, value ?? token.value];
    }
    index += token.value.length;
  }
  return { names, fleetFiles };
}

/** The value of a string token; undefined for another token. Neither an address nor a path needs an escape. */
function valueOf({ type, value }: Token): string | undefined {
  return type === "StringLiteral" || type === "NoSubstitutionTemplate" ? value.slice(1, -1) : undefined;
}

function isPassedOver({ type }: Token): boolean {
  return ["WhiteSpace", "LineTerminatorSequence", "MultiLineComment", "SingleLineComment"].includes(type);
}

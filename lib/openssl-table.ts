import type { Construct } from "constructs";
import { createLocal } from "./openssl-generation-files";
import { StackFile } from "./stack-file";

/**
 * What there is to say of each broker, by its folder: a file beside the stack's text.
 *
 * @param brokers known when everything is declared
 * @param prefix of the local value that reads it
 * @returns an expression for all of it
 */
export function createTable(
  scope: Construct,
  brokers: () => ReadonlyMap<string, object>,
  prefix: string | undefined,
): string {
  const file = new StackFile(scope, "table", "brokers.json", () => toText(brokers()));
  // Not known when all is only validated: there, to look at the files would be in vain.
  return createLocal(scope, "declared", `jsondecode(file("${file.path}\${substr(plantimestamp(), 0, 0)}"))`, prefix);
}

/** One broker a line, in whatever order they were declared: what changes is easily seen. */
function toText(brokers: ReadonlyMap<string, object>): string {
  const folders = [...brokers.keys()].sort();
  const lines = folders.map((folder) => `${JSON.stringify(folder)}: ${JSON.stringify(brokers.get(folder))}`);
  return `{\n${lines.join(",\n")}\n}\n`;
}

import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The first commands below a heading of a page in docs/. */
export function commandsBelow(page: string, heading: string): string {
  const text = readFileSync(join(__dirname, "../../../docs", page), "utf8");
  const section = text.split(/^#{1,3} /m).find((each) => each.startsWith(`${heading}\n`)) ?? "";
  const [, indent = "", commands] = /^( *)```sh\n([^]*?)^ *```$/m.exec(section) ?? [];
  if (commands === undefined) {
    throw new Error(`docs/${page} has no commands below "${heading}".`);
  }
  return commands.replaceAll(new RegExp(`^${indent}`, "gm"), "");
}

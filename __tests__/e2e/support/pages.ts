import { readFileSync } from "node:fs";
import { join } from "node:path";

const REPOSITORY = join(__dirname, "../../..");

/** The fenced blocks of a language below a heading of a page in docs/, in their order. */
export function blocksBelow(page: string, heading: string, language: "sh" | "ts"): string[] {
  const text = readFileSync(join(REPOSITORY, "docs", page), "utf8");
  const section = text.split(/^#{1,3} /m).find((part) => part.startsWith(`${heading}\n`)) ?? "";
  const fenced = new RegExp(`^( *)\`\`\`${language}\\n([^]*?)^ *\`\`\`$`, "gm");
  const blocks = [...section.matchAll(fenced)].map(([, indent = "", block = ""]) =>
    block.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
  );
  if (blocks.length === 0) {
    throw new Error(`docs/${page} has no ${language} below "${heading}".`);
  }
  return blocks;
}

/** The first commands below a heading of a page in docs/. */
export function commandsBelow(page: string, heading: string): string {
  const [commands = ""] = blocksBelow(page, heading, "sh");
  return commands;
}

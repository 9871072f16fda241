import { readFileSync } from "node:fs";
import { join } from "node:path";

const REPOSITORY = join(__dirname, "../../..");

/** The languages of blocks that tests run. */
export type Language = "conf" | "js" | "sh" | "toml" | "ts" | "xml" | "yaml";

/** The fenced blocks of a language below a heading of a page in docs/, in their order. */
export function blocksBelow(page: string, heading: string, language: Language): string[] {
  const section = sectionBelow(page, heading);
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

/** The first table below a heading of a page in docs/: the cells of each row by column head. */
export function tableOf(page: string, heading: string): Record<string, string>[] {
  const [head = [], , ...rows] = sectionBelow(page, heading)
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  return rows.map((cells) => Object.fromEntries(head.map((name, column) => [name, cells[column] ?? ""])));
}

function sectionBelow(page: string, heading: string): string {
  const text = readFileSync(join(REPOSITORY, "docs", page), "utf8");
  return text.split(/^#{1,3} /m).find((part) => part.startsWith(`${heading}\n`)) ?? "";
}

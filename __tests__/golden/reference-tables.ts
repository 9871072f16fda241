import { readFileSync } from "node:fs";
import { join } from "node:path";
import { KINDS as CHECK_KINDS, type Kind as CheckKind } from "../../lib/cli/check/kinds";
import { GROUP_OF_KIND as GROUP_OF_CHECK } from "../../lib/cli/check/groups";
import { GROUP_OF_KIND as GROUP_OF_REVIEW } from "../../lib/cli/review/groups";
import { toMarkdown } from "../../lib/cli/review/formats/markdown";
import { toText } from "../../lib/cli/review/formats/text";
import { GRAVE_KINDS, KINDS as REVIEW_KINDS, type Kind as ReviewKind } from "../../lib/cli/review/kinds";
import { MANY, TWO } from "../docs/review-examples";

const REPOSITORY = join(__dirname, "../..");

/** The tables and examples that pages of docs/reference have from the code, by the names in the pages' marks. */
const TABLES: Readonly<Record<string, () => string>> = {
  "kinds of a review": () =>
    tableOf(
      ["kind", "group", "grave", "what it means"],
      Object.entries(REVIEW_KINDS).map(([kind, meaning]) => [
        code(kind),
        code(GROUP_OF_REVIEW[kind as ReviewKind]),
        GRAVE_KINDS.includes(kind as ReviewKind) ? "yes" : "",
        meaning,
      ]),
    ),
  "kinds of a check": () =>
    tableOf(
      ["kind", "group", "what it means"],
      Object.entries(CHECK_KINDS).map(([kind, meaning]) => [
        code(kind),
        code(GROUP_OF_CHECK[kind as CheckKind]),
        meaning,
      ]),
    ),
  "a review as text": () => fenced(toText(MANY, false)),
  "a review as Markdown": () => fenced(toMarkdown(TWO)),
};

const MARKED = /^(<!-- table: (.+) -->\n)[^]*?^(<!-- end of table -->)$/gm;

/** Pages with such tables. */
export const PAGES_WITH_TABLES = ["docs/reference/review.md", "docs/reference/check.md"];

/** A page, with its tables as the code has them. */
export function withTables(page: string): string {
  const text = readFileSync(join(REPOSITORY, page), "utf8");
  return text.replace(MARKED, (_, start: string, name: string, end: string) => {
    const table = TABLES[name];
    if (table === undefined) {
      throw new Error(`${page} asks for the table "${name}", which is not in reference-tables.ts`);
    }
    return `${start}\n${table()}\n\n${end}`;
  });
}

/** A Markdown table. */
export function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function fenced(output: string): string {
  return `\`\`\`text\n${output}\`\`\``;
}

function code(text: string): string {
  return `\`${text}\``;
}

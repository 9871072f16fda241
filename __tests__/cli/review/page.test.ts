import { readFileSync } from "node:fs";
import { join } from "node:path";
import { GRAVE_KINDS, KINDS } from "../../../lib/cli/review/kinds";
import { GROUP_OF_KIND } from "../../../lib/cli/review/groups";
import { GROUPS } from "../../../lib/cli/show/groups";
import { toMarkdown } from "../../../lib/cli/review/formats/markdown";
import { toText } from "../../../lib/cli/review/formats/text";
import { MANY, TWO } from "../../docs/review-examples";

const PAGE = readFileSync(join(__dirname, "../../../docs/reference/review.md"), "utf8");

describe("docs/reference/review.md", () => {
  it("docs/reference/review.md has all kinds with groups and meanings, in order", () => {
    const [table = ""] = /^\| kind [^]*?\n\n/m.exec(PAGE) ?? [];
    const rows = [...table.matchAll(/^\| `([a-z-]+)` +\| `([a-z]+)` +\| (.*?) +\|$/gm)];

    expect(rows.map(([, kind, , meaning]) => [kind, meaning])).toEqual(Object.entries(KINDS));
    expect(rows.map(([, kind, group]) => [kind, group])).toEqual(Object.entries(GROUP_OF_KIND));
  });

  it("docs/reference/review.md has the groups, in order", () => {
    const [table = ""] = /^\| group [^]*?\n\n/m.exec(PAGE) ?? [];
    const rows = [...table.matchAll(/^\| `([a-z]+)` +\| (.*?) +\|/gm)].map(([, group, title]) => [group, title]);

    expect(rows).toEqual(Object.entries(GROUPS));
  });

  it("docs/reference/review.md has the grave kinds", () => {
    const [, kinds = ""] = /^- by its kind: (.*);$/m.exec(PAGE) ?? [];

    expect(kinds.split(", ")).toEqual(GRAVE_KINDS.map((kind) => `\`${kind}\``));
  });

  it("docs/reference/review.md quotes the real Markdown and text", () => {
    expect(PAGE).toContain(`\n\`\`\`text\n${toMarkdown(TWO)}\`\`\`\n`);
    expect(PAGE).toContain(`\n\`\`\`text\n${toText(MANY, false)}\`\`\`\n`);
  });
});

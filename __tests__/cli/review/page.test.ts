import { readFileSync } from "node:fs";
import { join } from "node:path";
import { GRAVE_KINDS, KINDS } from "../../../lib/cli/review/kinds";
import { MARKER } from "../../../lib/cli/review/formats/markdown";

const PAGE = readFileSync(join(__dirname, "../../../docs/review.md"), "utf8");

describe("the page of the review", () => {
  it("has all kinds, in their order, with what they mean", () => {
    const [table = ""] = /^\| kind [^]*?\n\n/m.exec(PAGE) ?? [];
    const rows = [...table.matchAll(/^\| `([a-z-]+)` +\| (.*?) +\|$/gm)].map(([, kind, meaning]) => [kind, meaning]);

    expect(rows).toEqual(Object.entries(KINDS));
  });

  it("has the kinds that are grave by themselves", () => {
    const [, kinds = ""] = /^- by its kind: (.*);$/m.exec(PAGE) ?? [];

    expect(kinds.split(", ")).toEqual(GRAVE_KINDS.map((kind) => `\`${kind}\``));
  });

  it("has an example that begins as a review does", () => {
    expect(PAGE).toContain(`\n\`\`\`text\n${MARKER}\n\n### `);
  });
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { GROUPS } from "../../../lib/cli/show/groups";

const PAGE = readFileSync(join(__dirname, "../../../docs/reference/review.md"), "utf8");

describe("docs/reference/review.md", () => {
  it("docs/reference/review.md lists the groups in their order", () => {
    const [table = ""] = /^\| group [^]*?\n\n/m.exec(PAGE) ?? [];
    const rows = [...table.matchAll(/^\| `([a-z]+)` +\| (.*?) +\|/gm)].map(([, group, title]) => [group, title]);

    expect(rows).toEqual(Object.entries(GROUPS));
  });
});

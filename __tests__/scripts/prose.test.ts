import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { proseOfCode } from "../../scripts/prose/code-prose";

const REPOSITORY = join(__dirname, "../..");

/** What the linter of prose says of a file: its exit status, and its report. */
function lint(name: string, text: string): { status: number | null; report: string } {
  const folder = mkdtempSync(join(tmpdir(), "prose-"));
  try {
    const file = join(folder, name);
    writeFileSync(file, text);
    const args = ["--import", "tsx", "scripts/prose.ts", file];
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: REPOSITORY, encoding: "utf8" });
    return { status, report: stderr.replaceAll(file, name) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("proseOfCode", () => {
  it("proseOfCode keeps comments, texts and the text of templates on their lines, and drops code", () => {
    const code = [
      "/** A docstring",
      " * of two lines with `code`. */",
      'const anew = "a text of words"; // a comment',
      "const other = `a template ${anew} with a hole`;",
      'import "module-name";',
    ].join("\n");

    const lines = proseOfCode("a.ts", code)
      .split("\n")
      .map((line) => line.replace(/\s+/g, " ").trim());

    expect(lines).toEqual([
      "A docstring",
      "of two lines with .",
      "a text of words a comment",
      "a template with a hole",
      "",
    ]);
  });
});

describe("scripts/prose.ts", () => {
  it("The linter of prose names the line, the word and what to write, in Markdown", () => {
    const { status, report } = lint("page.md", "# A page\n\nThe key is made\nanew, in place\nof the old one.\n");

    expect(status).toBe(1);
    expect(report).toContain("page.md:4: anew => again");
    expect(report).toContain("in place of => instead of");
  });

  it("The linter of prose passes code blocks and names between backticks", () => {
    expect(lint("page.md", "Run `anew`:\n\n```sh\nmake anew\n```\n")).toEqual({ status: 0, report: "" });
  });

  it("The linter of prose reads messages and comments of TypeScript", () => {
    const { status, report } = lint("code.ts", 'const a = 1;\n// made anew\nthrow new Error("nobody heeds it");\n');

    expect(status).toBe(1);
    expect(report.split("\n").slice(0, 3)).toEqual([
      "code.ts:2: anew => again",
      "code.ts:3: nobody => no one",
      "code.ts:3: heeds => follow",
    ]);
  });
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryFiles } from "../../scripts/repository-files";

const REPOSITORY = join(__dirname, "../..");

interface Block {
  readonly page: string;
  readonly heading: string;
  /** Among those below its heading, from 0. */
  readonly index: number;
  readonly line: number;
  /** Why no test runs it, as the page says. */
  readonly notRun: string | undefined;
}

function blocksOf(page: string, text: string): Block[] {
  const blocks: Block[] = [];
  let heading = "";
  let index = 0;
  let isInsideCode = false;
  const lines = text.split("\n");
  lines.forEach((line, at) => {
    const [, title] = /^#{1,3} (.*)$/.exec(line) ?? [];
    if (title !== undefined && !isInsideCode) {
      heading = title;
      index = 0;
    }
    if (/^ *```sh$/.test(line)) {
      // Prettier puts an empty line between a comment and what follows.
      const above = lines.slice(0, at).findLast((one) => one.trim() !== "") ?? "";
      const [, notRun] = /^ *<!-- not run: (.+) -->$/.exec(above) ?? [];
      blocks.push({ page, heading, index, line: at + 1, notRun });
      index += 1;
    }
    isInsideCode = /^ *```/.test(line) ? !isInsideCode : isInsideCode;
  });
  return blocks;
}

/** The texts of tests that run commands of a page. */
const TESTS = repositoryFiles(/^__tests__\/.*\.ts$/)
  .map((path) => readFileSync(join(REPOSITORY, path), "utf8"))
  .filter((text) => /\b(?:blocksBelow|commandsBelow|page|README)\b/.test(text));

/** A test that names the page, and takes all of its blocks, or the heading and enough of its blocks. */
function isRun({ page, heading, index }: Block): boolean {
  const name = page.replace(/^docs\//, "");
  return TESTS.some(
    (test) =>
      test.includes(name) &&
      (test.includes("```sh\\n([^]*?)^```$/gm") ||
        ((test.includes(`"${heading}"`) || test.includes(`## ${heading}`)) &&
          (index === 0 || test.includes("blocksBelow(")))),
  );
}

describe("shell commands in the docs", () => {
  const blocks = repositoryFiles(/^(?!__tests__).*\.md$/).flatMap((page) =>
    blocksOf(page, readFileSync(join(REPOSITORY, page), "utf8")),
  );

  it("Every block of shell commands in the docs is run by a test, or says why not", () => {
    const untold = blocks.filter((block) => block.notRun === undefined && !isRun(block));

    expect(untold.map(({ page, line, heading }) => `${page}:${line} below "${heading}"`)).toEqual([]);
  });

  it("No block that says that it is not run is run by a test", () => {
    expect(blocks.filter((block) => block.notRun !== undefined && block.index === 0 && isRun(block))).toEqual([]);
  });
});

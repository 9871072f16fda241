/**
 * Checks the words of docs, messages, comments and test titles with textlint. scripts/prose/words.yml has the words.
 *
 *     node --import tsx scripts/prose.ts [FILE ...]
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { TextlintKernel } from "@textlint/kernel";
import markdown from "@textlint/textlint-plugin-markdown";
import words from "textlint-rule-prh";
import sentenceLength from "textlint-rule-sentence-length";
import { proseOfCode } from "./prose/code-prose";

const PROSE = ["*.md", "*.ts", "*.tsx", "*.mjs", "*.js", "help"];
/** What tests hold to the byte, and certificates' authors wrote; and the test of these words, which has them all. */
const OTHERS = [
  ":(exclude)__tests__/golden/files",
  ":(exclude)docs/reference/api",
  ":(exclude)__tests__/scripts/prose.test.ts",
];

const PLUGINS = [{ pluginId: "markdown", plugin: markdown }];
const WORDS = {
  ruleId: "words",
  rule: words,
  options: { rulePaths: ["scripts/prose/words.yml"], checkEmphasis: true, checkLink: true },
};
/** In characters. Messages are longer, for they name values. */
const SENTENCES = { ruleId: "sentences", rule: sentenceLength, options: { max: 180 } };

async function main(named: readonly string[]): Promise<number> {
  const paths = named.length > 0 ? named : listed();
  const kernel = new TextlintKernel();
  let count = 0;
  for (const path of paths) {
    const text = readFileSync(path, "utf8");
    const prose = /\.[jt]sx?$|\.mjs$/.test(path) ? proseOfCode(path, text) : text;
    const rules = path.endsWith(".md") ? [WORDS, SENTENCES] : [WORDS];
    const { messages } = await kernel.lintText(prose, { ext: ".md", plugins: PLUGINS, rules });
    for (const { loc, message } of messages) {
      console.error(`${path}:${loc.start.line}: ${message.replaceAll(/\n\s*/g, " ")}`);
    }
    count += messages.length;
  }
  if (count > 0) {
    console.error(`${count} faults: scripts/prose/words.yml has the words of this project`);
  }
  return count > 0 ? 1 : 0;
}

function listed(): string[] {
  return execFileSync("git", ["ls-files", "-z", ...PROSE, ...OTHERS], { encoding: "utf8" })
    .split("\0")
    .filter(Boolean);
}

void main(process.argv.slice(2)).then((status) => {
  process.exitCode = status;
});

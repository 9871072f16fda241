/**
 * Checks the words of docs, messages, comments and test titles with textlint. scripts/prose/words.yml has the words.
 *
 *     node --import tsx scripts/prose.ts [FILE ...]
 */
import { readFileSync } from "node:fs";
import { TextlintKernel } from "@textlint/kernel";
import markdown from "@textlint/textlint-plugin-markdown";
import words from "textlint-rule-prh";
import sentenceLength from "textlint-rule-sentence-length";
import { proseOfCode } from "./prose/code-prose";
import { repositoryFiles } from "./repository-files";

/** All texts except golden files, generated pages, and the test of this script, which has the words. */
const PROSE =
  /^(?!__tests__\/golden\/files\/|docs\/reference\/api\/|lib\/cli\/page\/bundle\/|__tests__\/scripts\/prose)(?:.*\.(?:md|tsx?|m?js)|help)$/;

const PLUGINS = [{ pluginId: "markdown", plugin: markdown }];
const WORDS = {
  ruleId: "words",
  rule: words,
  options: { rulePaths: ["scripts/prose/words.yml"], checkEmphasis: true, checkLink: true },
};
/** In characters. Messages are longer, for they name values. */
const SENTENCES = { ruleId: "sentences", rule: sentenceLength, options: { max: 180 } };

async function main(named: readonly string[]): Promise<number> {
  const paths = named.length > 0 ? named : repositoryFiles(PROSE);
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

void main(process.argv.slice(2)).then((status) => {
  process.exitCode = status;
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { RELOAD_RULES } from "../../lib/machine-format/reload";
import {
  authorityFiles,
  type FileNames,
  RULES,
  SERVER_FILES,
  TRUST_RULES,
  wordsOf,
} from "../../lib/machine-format/rules";

const PAGE = readFileSync(join(__dirname, "../../docs/reference/plans.md"), "utf8");

/** The rows of the table below a heading, each by its cells. */
function tableBelow(heading: string): string[][] {
  const section = PAGE.split(/^#+ /m).find((part) => part.startsWith(`${heading}\n`)) ?? "";
  const [, , ...rows] = section.split("\n").filter((line) => line.startsWith("|"));
  return rows.map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** The files of a broker, or of an authority if a rule is only for authorities. */
function filesOf(words: string): FileNames {
  return words.includes("{other}") ? authorityFiles(1, false) : SERVER_FILES;
}

describe("docs/reference/plans.md", () => {
  it("docs/reference/plans.md lists the messages of plans and their effects, in the order of the rules", () => {
    const rules = RULES.map((rule) => {
      const [words, elsewhere] = [false, true].map((isElsewhere) => wordsOf(rule, filesOf(rule.words), isElsewhere));
      const said = words === elsewhere ? `\`${words}\`` : `\`${words}\`<br>\`${elsewhere}\``;
      return [said, rule.key, rule.certificate];
    });
    const trust = TRUST_RULES.map(({ words }) => [`\`trust\`: \`${words}\``, "", "new `ca.pem`"]);

    const reloads = RELOAD_RULES.map(({ words }) => [`\`reloads\`: \`${words}\``, "", ""]);

    expect(tableBelow("Reasons")).toEqual([...rules, ...trust, ...reloads]);
  });
});

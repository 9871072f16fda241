import { LIMIT_NAMES } from "../../lib/cli/rules/limits";
import { limitsOf } from "../../lib/cli/rules/evaluate";
import { RULE_KINDS } from "../../lib/cli/rules/kinds";
import { readRules } from "../../lib/cli/rules/rules-file";
import { page } from "../support/examples";

const PAGE = page("reference/rules.md");

describe("docs/reference/rules.md", () => {
  it("docs/reference/rules.md has a valid file with every limit", () => {
    const [, text = ""] = /^```yaml\n(.*?)^```$/ms.exec(PAGE) ?? [];
    const { rules, waivers } = readRules("mqtt-pki.yaml", Buffer.from(text), RULE_KINDS);

    expect(new Set(rules.flatMap(limitsOf))).toEqual(new Set(LIMIT_NAMES));
    expect(waivers).toHaveLength(1);
  });

  it("docs/reference/rules.md has a row for every limit", () => {
    const rows = [...PAGE.matchAll(/^\| `(\w+)` +\|/gm)].map(([, name]) => name);

    expect(rows).toEqual(expect.arrayContaining([...LIMIT_NAMES]));
  });
});

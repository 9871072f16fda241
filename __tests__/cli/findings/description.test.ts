import { readFileSync } from "node:fs";
import { join } from "node:path";
import { descriptionOf, REPOSITORY } from "../../../lib/cli/findings/description";
import { ALL_KINDS as CHECK_KINDS } from "../../../lib/cli/check/kinds";
import { ALL_KINDS as REVIEW_KINDS } from "../../../lib/cli/review/kinds";
import { RULE_KINDS } from "../../../lib/cli/rules/kinds";
import { readRules } from "../../../lib/cli/rules/rules-file";
import { page } from "../../support/examples";

const RULES = `rules:
  - { name: keys, keyAlgorithms: [Ed25519, ECDSA-P256] }
  - { name: steps, changesAtMost: 0 }
  - { name: hours, changesWithin: [{ from: "08:00", to: "16:00" }] }
`;

describe("descriptionOf", () => {
  it.each([
    ...REVIEW_KINDS.map((kind) => `review/${kind}`),
    ...CHECK_KINDS.map((kind) => `check/${kind}`),
    ...["ending", "refused", "doubtful", "accepted"].map((kind) => `inventory/${kind}`),
    ...["review/incomplete", "inventory/unreadable", "check/unreadable", "rules/keys"],
  ])("descriptionOf has words and a page of the docs for %s", (id) => {
    const { text, uri } = descriptionOf(id, undefined);
    const [, name = "", anchor = ""] = /^(.*)#(.*)$/.exec(uri.replace(`${REPOSITORY}/blob/main/docs/`, "")) ?? [];
    const headings = Array.from(page(name).matchAll(/^#+ (.*)$/gm), ([, heading = ""]) => heading);

    expect(text).toMatch(/ /);
    expect(headings.map((heading) => heading.toLowerCase().replaceAll(" ", "-"))).toContain(anchor);
  });

  it("descriptionOf a rule has its limit", () => {
    const rules = readRules("mqtt-pki.yaml", Buffer.from(RULES), RULE_KINDS);

    expect(["keys", "steps", "hours"].map((name) => descriptionOf(`rules/${name}`, rules).text)).toEqual([
      "your own rule: keyAlgorithms Ed25519, ECDSA-P256",
      "your own rule: changesAtMost 0",
      "your own rule: changesWithin",
    ]);
  });

  it("descriptionOf links to this package's repository", () => {
    const { repository } = JSON.parse(readFileSync(join(__dirname, "../../../package.json"), "utf8")) as {
      repository: { url: string };
    };

    expect(repository.url).toBe(`git+${REPOSITORY}.git`);
  });
});

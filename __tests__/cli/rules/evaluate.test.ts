import { evaluate } from "../../../lib/cli/rules/evaluate";
import type { Judged } from "../../../lib/cli/rules/judged/judged";
import { RULE_KINDS } from "../../../lib/cli/rules/kinds";
import { alikeViolations } from "../../../lib/cli/rules/alike-violations";
import { lineOf } from "../../../lib/cli/rules/report";
import { readRules } from "../../../lib/cli/rules/rules-file";
import { isFailure, type Violation } from "../../../lib/cli/rules/violation";

const [FIRST, SECOND] = ["mqtt-1", "mqtt-2"].map((address): Judged => ({
  address,
  isAuthority: false,
  kinds: ["re-keyed"],
  fate: "changes",
  location: `at ${address}`,
})) as [Judged, Judged];

const WAIVER = { rule: "same-key", for: ["mqtt-1"], owner: "ops", reason: "Its key leaked.", until: "2026-12-24" };

function violations(given: object, certificates: readonly Judged[], now = "2026-12-24T23:59:59Z"): Violation[] {
  const rules = readRules("rules.yaml", Buffer.from(JSON.stringify(given, undefined, 1)), RULE_KINDS);
  return evaluate(rules, certificates, new Date(now));
}

describe("evaluate", () => {
  it("evaluate returns violations in the order of the rules, with the rule's place", () => {
    const rules = [
      { name: "same-key", kinds: ["re-keyed"] },
      { name: "one-by-one", level: "warn", changesAtMost: 1 },
    ];
    const found = violations({ rules }, [FIRST, SECOND]);

    expect(found).toMatchObject([
      { rule: "same-key", level: "fail", address: "mqtt-1", location: "at mqtt-1", place: "rules.yaml:3:3" },
      { rule: "same-key", level: "fail", address: "mqtt-2", location: "at mqtt-2", place: "rules.yaml:3:3" },
      { rule: "one-by-one", level: "warn", address: null, location: null, place: "rules.yaml:9:3" },
    ]);
    expect(found.map(isFailure)).toEqual([true, true, false]);
  });
});

describe("a waiver", () => {
  const RULES = [{ name: "same-key", kinds: ["re-keyed"] }];

  it("a waiver permits its violations until the end of its last day, and is reported", () => {
    const [first, second] = violations({ rules: RULES, waivers: [WAIVER] }, [FIRST, SECOND]);

    expect(first && isFailure(first)).toBe(false);
    expect(alikeViolations(first ? [first] : []).map(lineOf)).toEqual([
      "waived same-key (rules.yaml:3:3): mqtt-1: is re-keyed; waived until 2026-12-24 by ops: Its key leaked.",
    ]);
    expect(second && isFailure(second)).toBe(true);
  });

  it("a waiver permits nothing from the next day on, and is reported", () => {
    const [first] = violations({ rules: RULES, waivers: [WAIVER] }, [FIRST], "2026-12-25T00:00:00Z");

    expect(first && isFailure(first)).toBe(true);
    expect(alikeViolations(first ? [first] : []).map(lineOf)).toEqual([
      "fail same-key (rules.yaml:3:3): mqtt-1: is re-keyed; the waiver of ops expired on 2026-12-24",
    ]);
  });

  it("the waiver that expires last applies", () => {
    const waivers = [{ ...WAIVER, until: "2026-01-01" }, WAIVER];
    const [first] = violations({ rules: RULES, waivers }, [FIRST]);

    expect(first?.waiver).toMatchObject({ until: "2026-12-24", isOver: false });
  });

  it("a rule on all changes needs a waiver for all certificates", () => {
    const rules = [{ name: "same-key", changesAtMost: 0 }];

    expect(violations({ rules, waivers: [WAIVER] }, [FIRST]).map(isFailure)).toEqual([true]);
    expect(violations({ rules, waivers: [{ ...WAIVER, for: ["*"] }] }, [FIRST]).map(isFailure)).toEqual([false]);
  });
});

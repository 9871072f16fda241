import { RULE_KINDS } from "../../../lib/cli/rules/kinds";
import { readRules } from "../../../lib/cli/rules/rules-file";
import { InvalidInputError } from "../../../lib/errors";

function read(text: string) {
  return readRules("mqtt-pki.yaml", Buffer.from(text), RULE_KINDS);
}

/** What is wrong with a file, a line each. */
function flawsOf(text: string): string[] {
  try {
    read(text);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidInputError);
    return (error as InvalidInputError).problems.map(
      ({ path, value, reason, fix }) => `${path}: ${value} ${reason}; ${fix}`,
    );
  }
}

describe("readRules", () => {
  it("readRules returns rules and waivers with their places", () => {
    const { rules, waivers } = read(`
rules:
  - name: no-outage
    kinds: [authority-replaced]
  - name: short-lived
    level: warn
    longestValidity: 398 days
waivers:
  - rule: short-lived
    for: [mqtt-1.plant.example.com]
    owner: ops@example.com
    reason: The broker is replaced in May.
    until: 2027-05-31
`);

    expect(rules).toMatchObject([
      { name: "no-outage", kinds: ["authority-replaced"], position: { line: 3, col: 5 } },
      { name: "short-lived", level: "warn", longestValidity: "398 days", position: { line: 5, col: 5 } },
    ]);
    expect(waivers).toMatchObject([{ rule: "short-lived", until: "2027-05-31", position: { line: 9, col: 5 } }]);
  });

  it("readRules takes anchors in properties that begin with x-", () => {
    const { rules } = read(`
x-core: &core [mqtt-1.example.com, mqtt-2.example.com]
rules:
  - { name: stays, for: *core, protectedFrom: [goes] }
`);

    expect(rules).toMatchObject([{ for: ["mqtt-1.example.com", "mqtt-2.example.com"] }]);
  });

  it("readRules takes JSON, and an empty list of rules", () => {
    expect(read('{"rules": []}')).toEqual({ file: "mqtt-pki.yaml", rules: [], waivers: [] });
  });
});

describe("readRules with an invalid file", () => {
  it.each([
    ["an empty file", "", /^mqtt-pki\.yaml:1:1/],
    ["invalid YAML", "rules: [", /is not valid YAML/],
    ["a file without rules", "waivers: []", /^mqtt-pki\.yaml:1:1 rules: .*is required/],
    ["an unknown property", "rules:\n  - {name: a, kind: [renewed]}", /:2:\d+ rules\[0\]\.kind: .*did you mean kinds/i],
    ["a duplicate name", "rules:\n  - {name: a, names: x}\n  - {name: a, names: x}", /:3:\d+ rules\[1\]\.name: "a"/],
    ["a name with blanks", "rules:\n  - {name: no outage, names: x}", /lowercase letters/],
    ["a rule without a limit", "rules:\n  - {name: a}", /:2:\d+ rules\[0\]: "a" has no limit; .*longestValidity/],
    [
      "a rule with two limits",
      "rules:\n  - {name: a, names: x, changesAtMost: 1}",
      /has several limits: names, changesAtMost/,
    ],
    ["an unknown kind", "rules:\n  - {name: a, kinds: [renew]}", /:2:\d+ rules\[0\]\.kinds\[0\]: "renew"/],
    ["an empty list of kinds", "rules:\n  - {name: a, kinds: []}", /is empty/],
    ["a duration without a unit", "rules:\n  - {name: a, longestValidity: 398}", /is not text/],
    ["a duration of another unit", "rules:\n  - {name: a, longestValidity: 2 years}", /number of hours or days/],
    [
      "an invalid expression in names",
      'rules:\n  - {name: a, names: "("}',
      /:2:\d+ rules\[0\]\.names: "\(" is not a regular/,
    ],
    [
      "an invalid expression in forbiddenNames",
      'rules:\n  - {name: a, forbiddenNames: "[z-a]"}',
      /forbiddenNames: .*is not a regular/,
    ],
    [
      "an expression with lookahead",
      'rules:\n  - {name: a, names: "(?=x)"}',
      /names: .*is not a regular .*the syntax of RE2/,
    ],
    ["a count below zero", "rules:\n  - {name: a, changesAtMost: -1}", /is less than 0/],
    [
      "an unknown time zone",
      'rules:\n  - {name: a, changesWithin: [{from: "08:00", to: "16:00", timeZone: Berlin}]}',
      /timeZone: "Berlin" is not a time zone/,
    ],
    [
      "hours across midnight",
      'rules:\n  - {name: a, changesWithin: [{from: "22:00", to: "06:00"}]}',
      /changesWithin\[0\]\.to: "06:00" is not after 22:00; split a period/,
    ],
    [
      "hours that start at 24:00",
      'rules:\n  - {name: a, changesWithin: [{from: "24:00", to: "24:00"}]}',
      /changesWithin\[0\]\.from: "24:00"/,
    ],
    [
      "days in the wrong order",
      "rules:\n  - {name: a, changesOutside: [{from: 2027-01-06, to: 2026-12-20}]}",
      /changesOutside\[0\]\.to: "2026-12-20" is before 2027-01-06; write the first day/,
    ],
    [
      "a date that does not exist",
      "rules:\n  - {name: a, changesOutside: [{from: 2026-02-30, to: 2026-03-01}]}",
      /from: "2026-02-30" is not a date/,
    ],
    [
      "a waiver for an unknown rule",
      "rules: [{name: short, names: x}]\nwaivers:\n  - {rule: shrt, for: [a], owner: b, reason: c, until: 2027-01-01}",
      /:3:\d+ waivers\[0\]\.rule: "shrt" is not the name of a rule in this file; did you mean short/i,
    ],
    [
      "a waiver without an end date",
      "rules: [{name: short, names: x}]\nwaivers:\n  - {rule: short, for: [a], owner: b, reason: c}",
      /waivers\[0\]\.until: .*is required/,
    ],
  ])("readRules refuses %s", (_, text, expected) => {
    expect(flawsOf(text)).toEqual([expect.stringMatching(expected)]);
  });

  it("readRules reports all problems at once", () => {
    expect(flawsOf("rules:\n  - {name: A, names: x}\n  - {name: b, kinds: [renew]}")).toHaveLength(2);
  });

  it("readRules refuses a file that is not in UTF-8", () => {
    expect(() => readRules("mqtt-pki.yaml", Buffer.from([0xff, 0x80, 0x81]), RULE_KINDS)).toThrow("is not in UTF-8");
  });
});

import { Duration } from "../../lib/values/duration";
import { read, problems, lines } from "./support";

describe("YAML", () => {
  it("YAML may have merge keys and aliases", () => {
    const text = [
      "brokers:",
      "  - &site",
      "    address: a.example.com",
      "    duration: 90 days",
      "  - { <<: *site, address: b.example.com }",
    ];

    expect(read("brokers.yaml", text)).toEqual([
      { address: "a.example.com", duration: Duration.days(90) },
      { address: "b.example.com", duration: Duration.days(90) },
    ]);
  });

  it("YAML reads words as text: a country is not a boolean, and a version is not a date", () => {
    const text = "brokers: [{ address: a.example.com, subject: { country: NO, locality: 2020-01-01 } }]";

    expect(read("brokers.yaml", text)).toMatchObject([{ subject: { country: "NO", locality: "2020-01-01" } }]);
  });

  it.each<[string, string[], string[]]>([
    [
      "a key twice",
      ["brokers:", "  - address: a.example.com", "    address: b.example.com"],
      ["brokers.yaml:3:5: (hidden text) is a name that the map already has"],
    ],
    [
      "wildcards without quotes",
      ["brokers:", "  - address: *.example.com", "  - address: *.example.org"],
      [
        "brokers.yaml:2:14: (hidden text) starts with *, which refers to an anchor, but no anchor before it has this name",
        "brokers.yaml:3:14: (hidden text) starts with *, which refers to an anchor, but no anchor before it has this name",
      ],
    ],
    [
      "a second document",
      ["brokers: []", "---", "brokers: []"],
      ["brokers.yaml:2:1: (hidden text) begins a second document"],
    ],
    [
      "tags",
      ["brokers:", "  - !broker { address: !host a.example.com }"],
      ["brokers.yaml:2:5: (hidden text) has an unknown tag", "brokers.yaml:2:24: (hidden text) has an unknown tag"],
    ],
    [
      "a merge of what is no map",
      ["brokers:", "  - <<: 3", "    address: a.example.com"],
      ["brokers.yaml:2:5: (hidden text) merges something that is not a map, or has aliases for more than 10000 values"],
    ],
  ])("YAML must not have %s", (_, text, expected) => {
    expect(lines("brokers.yaml", text)).toEqual(expected);
  });

  it("YAML reports syntax errors at their places, without text of the file", () => {
    const found = problems("brokers.yaml", ["brokers:", "  - address: 'a.example.com", "    keyVersion: @secret"]);

    expect(found).toMatchObject([{ path: "brokers.yaml:3:24", value: "(hidden text)" }]);
    expect(JSON.stringify(problems("brokers.yaml", "brokers: []\nsecret"))).not.toContain("secret");
    expect(JSON.stringify(problems("brokers.yaml", "brokers: *secret"))).not.toContain("secret");
  });

  it.each(["address: [*a, *a, *a, *a, *a, *a, *a, *a, *a]", "<<: [*a, *a, *a, *a, *a, *a, *a, *a, *a]"])(
    "YAML does not expand without limit: %s",
    (item) => {
      const bomb = Array.from({ length: 12 }, (_, index) => {
        return `  - &a${index + 1} { ${item.replaceAll("*a", `*a${index}`)} }`;
      });

      expect(lines("brokers.yaml", ["brokers:", "  - &a0 { address: a.example.com }", ...bomb])).toEqual([
        expect.stringMatching(/ aliases for more than 10000 values$/),
      ]);
    },
  );
});

describe("JSON", () => {
  it.each([
    ["a comma after the last", '{"brokers": [\n  {"address": "a"},\n]}', "3:1", '"]"'],
    ["a comma after the last property", '{"brokers": [\n  {"address": "a",}]}', "2:19", '"}"'],
    ["no comma", '{"brokers": [\n  {"address": "a"} {}]}', "2:20", '"{"'],
    ["a word without quotes", '{"brokers": [\n  {"address": abc}]}', "2:15", '"a"'],
    ["a name without quotes", '{"brokers": [\n  {address: "abc"}]}', "2:4", '"a"'],
    ["single quotes", "{'brokers': []}", "1:2", `"'"`],
    ["a comment", '{"brokers": [\n  // none\n]}', "2:3", '"/"'],
    ["a line end in a text", '{"brokers": [\n  {"address": "a\n"}]}', "2:17", '"\\n"'],
    ["something behind it", '{"brokers": []}\n}', "2:1", '"}"'],
    ["numbers before a word without quotes", `{"brokers": [-5, 0.5, true, null, "\\u0061", abc]}`, "1:45", '"a"'],
  ])("JSON must not have %s", (_, text, position, value) => {
    expect(problems("brokers.json", text)).toMatchObject([
      { path: `brokers.json:${position}`, value, reason: "is not valid JSON here" },
    ]);
  });

  it.each(["", "{", '{"brokers": [', '{"brokers": [{"address": "a'])("JSON must not be cut off: %j", (text) => {
    expect(lines("brokers.json", text)).toEqual([
      `brokers.json:1:${text.length + 1}: "" is an unexpected end of the JSON text`,
    ]);
  });

  it("JSON reports a repeated name in a map, escaped in any way, with other problems", () => {
    const text = '{"brokers": [\n{"address": "a:b", "\\u0061ddress": "c"},\n{"address": "\\"d\\":", "keyVersion": 0}]}';

    expect(lines("brokers.json", text)).toEqual([
      "brokers.json:2:20: (hidden text) is a name that the map already has",
      "brokers.json:3:37 brokers[1].keyVersion: 0 is less than 1",
    ]);
  });
});

import { BrokenJson, JsonSlice } from "../../../lib/cli/read/json-slice";

const AWKWARD = {
  text: 'a "quoted" \\ text, with }]{[ and \u00e9\ud83d\ude00',
  'a "name" \\': "\\",
  empty: { object: {}, list: [], text: "" },
  numbers: [0, -1.5e-7, 1e21],
  words: [true, false, null],
  nested: [[[{ a: [1, { b: "]" }] }]]],
};

function slice(text: string): JsonSlice {
  return JsonSlice.fromBytes(Buffer.from(text));
}

function elements(of: JsonSlice | undefined): unknown[] {
  const values: unknown[] = [];
  of?.forEach((element) => {
    values.push(element.value());
  });
  return values;
}

/** Reads everything, one part at a time. */
function readAll(of: JsonSlice): unknown {
  if (of.isObject) {
    return Object.fromEntries([...of.members].map(([name, value]) => [name, readAll(value)]));
  }
  const parts: unknown[] = [];
  of.forEach((element) => {
    parts.push(readAll(element));
  });
  const value = of.value();
  return Array.isArray(value) ? parts : value;
}

describe("JsonSlice", () => {
  it.each([
    ["without blanks", JSON.stringify(AWKWARD)],
    ["with blanks and lines", ` \r\n${JSON.stringify(AWKWARD, undefined, "\t ")}\n`],
    ["with escapes", JSON.stringify(AWKWARD).replaceAll("é", "\\u00e9")],
    ["after a byte order mark", `\ufeff${JSON.stringify(AWKWARD)}`],
  ])("JsonSlice reads the same value as JSON.parse from a document %s", (_how, text) => {
    expect(readAll(slice(text))).toEqual(AWKWARD);
    expect(slice(text).value()).toEqual(AWKWARD);
  });

  it("JsonSlice has members for an object, and elements for a list", () => {
    const { members } = slice('{"a": [1, [2], {"b": 3}], "c": "x"}');

    expect([...members.keys()]).toEqual(["a", "c"]);
    expect(elements(members.get("a"))).toEqual([1, [2], { b: 3 }]);
    expect(members.get("c")?.members.size).toBe(0);
    expect(elements(members.get("c"))).toEqual([]);
  });

  it("JsonSlice uses the last of two members with one name, as JSON.parse does", () => {
    expect(slice('{"a": 1, "a": 2}').members.get("a")?.value()).toBe(2);
  });

  it.each([
    "",
    "{",
    '{"a',
    '{"a"',
    '{"a":',
    '{"a": 1',
    '{"a": 1,}',
    '{"a": 1} {}',
    '{"a": 1}x',
    '{"a" 1}',
    '{"a": [1, 2}',
    '{"a": "x}',
    '{"a": "x\\"}',
    '{"a": 1 "b": 2}',
    "{a: 1}",
  ])("JsonSlice refuses %p, without quoting it", (text) => {
    const read = () => {
      const { members, isObject } = slice(text);
      if (!isObject) {
        slice(text).value();
      }
      for (const value of members.values()) {
        value.value();
      }
    };

    expect(read).toThrow(BrokenJson);
    expect(read).toThrow(/^$/);
  });

  it("JsonSlice refuses a broken list when it is read", () => {
    expect(() => elements(slice("[1, 2"))).toThrow(BrokenJson);
    expect(() => elements(slice("[1 2]"))).toThrow(BrokenJson);
    expect(() => elements(slice("[1, x]"))).toThrow(BrokenJson);
  });

  it("JsonSlice does not parse parts that are not requested", () => {
    const { members } = slice('{"a": {"not": json}, "b": 1}');

    expect(members.get("b")?.value()).toBe(1);
    expect(() => members.get("a")?.value()).toThrow(BrokenJson);
  });
});

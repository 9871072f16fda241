import { commonNameIn, subjectText } from "../../../lib/cli/read/subject";

const NAMES = [
  "Plant CA",
  "Plant 1/2 CA",
  "A, B + C",
  "A, CN=B",
  'say "x" <y>; z',
  "back\\slash, x",
  "a = b",
  "#1",
  "Ü",
];

describe("subjectText and commonNameIn", () => {
  it.each(NAMES)("commonNameIn finds the common name among any other attributes: %s", (name) => {
    const attributes = [
      ["O", "Example, CN=Not This + CN=Nor This"],
      ["CN", name],
      ["emailAddress", "pki@example.com"],
    ] as const;

    expect(commonNameIn(subjectText(attributes))).toBe(name);
    expect(commonNameIn(subjectText([["CN", name]]))).toBe(name);
  });

  it.each([
    ["CN=\\#A\\, B \\+ C/1\\ , O=Example", "#A, B + C/1"],
    ["OU=x + O=Example + CN=Plant 1/2 CA", "Plant 1/2 CA"],
    ["O=Example, CN=a, CN=b", "a"],
  ])("subjectText escapes a subject as Node does: %s", (subject, name) => {
    expect(commonNameIn(subject)).toBe(name);
  });

  it.each(["", "O=Example Ltd", "O=CN=x"])("commonNameIn returns undefined without a common name: %j", (subject) => {
    expect(commonNameIn(subject)).toBeUndefined();
  });

  it("commonNameIn hides a text that looks like a private key without its escapes", () => {
    const body = "MIIEvQIBADANBgkqh+kiG9w0BAQEFAASCBKcwggSjAgEAAoIB";

    expect(commonNameIn(subjectText([["CN", body]]))).not.toContain(body);
  });
});

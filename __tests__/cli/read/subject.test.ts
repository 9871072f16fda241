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

describe("a subject in words", () => {
  it.each(NAMES)("has its common name, whatever is in it and beside it: %s", (name) => {
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
  ])("is read as Node has it of a certificate: %s", (subject, name) => {
    expect(commonNameIn(subject)).toBe(name);
  });

  it.each(["", "O=Example Ltd", "O=CN=x"])("may have no common name: %j", (subject) => {
    expect(commonNameIn(subject)).toBeUndefined();
  });

  it("shows nothing that is a key without the escapes", () => {
    const body = "MIIEvQIBADANBgkqh+kiG9w0BAQEFAASCBKcwggSjAgEAAoIB";

    expect(commonNameIn(subjectText([["CN", body]]))).not.toContain(body);
  });
});

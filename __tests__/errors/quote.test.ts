import { inspect } from "node:util";
import { invalid, Problems, quote } from "../../lib/errors";
import { Duration } from "../../lib/values/duration";
import { PEM } from "./support";

/** What is shown for a value. */
function shown(value: unknown): string | undefined {
  return invalid("a value", value, "is wrong", "put it right").problems[0]?.value;
}

describe("Values in messages", () => {
  it.each<[string, unknown, string]>([
    ["text in quotes", "a_b", '"a_b"'],
    ["empty text as an empty pair of quotes", "", '""'],
    ["letters of every script as they are", "bücher.例え", '"bücher.例え"'],
    ["a quotation mark escaped", 'a"b', '"a\\"b"'],
    ["a line break escaped", "a\nb\r\n", '"a\\nb\\r\\n"'],
    ["a tab escaped", "a\tb", '"a\\tb"'],
    ["a terminal's escape sequence escaped", "\u001b[31mred", '"\\u001b[31mred"'],
    ["a null character escaped", "a\0b", '"a\\u0000b"'],
    ["half a surrogate pair escaped", "a\ud800b", '"a\\ud800b"'],
    ["a delete character escaped", "a\u007fb", '"a\\u007fb"'],
    ["a terminal's escape sequence of one character escaped", "\u009b31mred", '"\\u009b31mred"'],
    ["a line separator escaped", "a\u2028b", '"a\\u2028b"'],
    ["a number as it is", 42, "42"],
    ["a big number as it is", 42n, "42"],
    ["a symbol as it is", Symbol("x"), "Symbol(x)"],
    ["no number as such", Number.NaN, "NaN"],
    ["a truth value as it is", false, "false"],
    ["nothing as undefined", undefined, "undefined"],
    ["null as null", null, "null"],
    ["an empty list as such", [], "[]"],
    ["a list by its length, not its items", ["secret", PEM], "(a list of 2)"],
    ["a list in a list by its length, not its items", [["secret"]], "(a list of 1)"],
    ["a function without its text", () => "secret", "(a function)"],
    ["a class without its text", Duration, "(a function)"],
    ["an object without its contents", { password: "secret" }, "(an object)"],
    ["an instance without its contents", new Map([["password", "secret"]]), "(an object)"],
    ["an instance that can be written as text without it", Duration.days(825), "(an object)"],
    ["the bytes of a key without them", Buffer.from(PEM), "(an object)"],
    ["a list of bytes without them", new Uint8Array([115, 101, 99]), "(an object)"],
    ["text in an object without it", Object("secret"), "(an object)"],
    ["an address with a password without it", new URL("mqtts://plant:secret@mqtt-1.example.com"), "(an object)"],
    ["an error without its message", new Error("secret"), "(an object)"],
    ["an object without a prototype as any other", Object.create(null), "(an object)"],
    [
      "an object whose text is a secret without it",
      { toString: () => "secret", toJSON: () => "secret" },
      "(an object)",
    ],
    ["an object that cannot be written as text", { toString: null, valueOf: null }, "(an object)"],
  ])("A message shows %s", (_what, value, expected) => {
    expect(shown(value)).toBe(expected);
  });

  it("A message shows a text of up to 300 characters in full", () => {
    expect(shown("x".repeat(300))).toBe(`"${"x".repeat(300)}"`);
  });

  it("A message shortens a longer text", () => {
    expect(shown("x".repeat(301))).toBe(`"${"x".repeat(300)}…"`);
  });

  it.each([
    ["a private key", PEM],
    ["a certificate", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"],
    ["one with text in front of it", `Bag Attributes: none\n${PEM}`],
    ["one that starts after the place where long values are cut", `${" ".repeat(1000)}${PEM}`],
    ["one whose end is missing", PEM.slice(0, 60)],
    ["one on a single line", PEM.replaceAll("\n", "\\n")],
  ])("A message never shows a PEM: %s", (_what, pem) => {
    const error = invalid("a value", pem, "is wrong", "put it right");

    expect(error.message).toBe("1 problem in a value:\n  (a PEM) is wrong; put it right");
  });

  it("A message never shows an object that was filed with other problems", () => {
    const problems = new Problems();
    problems.add("brokers[0].address", Buffer.from("secret"), "is not text", "write an address");
    problems.refuseUnknown("brokers[0]", { key: new URL("mqtts://plant:secret@a.b") }, ["address"]);

    const printed = inspect(problems.toError("the fleet"));

    expect(printed).toContain("brokers[0].address: (an object) is not text");
    expect(printed).toContain("brokers[0].key: (an object) is not a known property");
    expect(printed).not.toContain("secret");
  });

  it("A message never shows a PEM that was filed with other problems", () => {
    const problems = new Problems();
    problems.add("brokers[0].address", PEM, "is no address", "write an address");
    problems.refuseUnknown("brokers[0]", { key: PEM }, ["address"]);

    const printed = inspect(problems.toError("the fleet"));

    expect(printed).toContain("brokers[0].address: (a PEM) is no address");
    expect(printed).toContain("brokers[0].key: (hidden text) is not a known property");
    expect(printed).not.toContain("-----BEGIN");
    expect(printed).not.toContain("MC4CAQ");
  });
});

describe("quote", () => {
  it.each([
    ["the delete character", "\u007f", "\\u007f"],
    ["the first control character over ASCII", "\u0080", "\\u0080"],
    ["a next line", "\u0085", "\\u0085"],
    ["the introducer of a terminal's control sequences", "\u009b", "\\u009b"],
    ["the last control character over ASCII", "\u009f", "\\u009f"],
    ["a line separator", "\u2028", "\\u2028"],
    ["a paragraph separator", "\u2029", "\\u2029"],
    ["an escape", "\u001b", "\\u001b"],
    ["what turns the direction of text", "\u202e", "\\u202e"],
    ["what has no width", "\u200b", "\\u200b"],
    ["a byte order mark", "\ufeff", "\\ufeff"],
    ["an invisible letter", "\u{e0041}", "\\udb40\\udc41"],
    ["a backslash", "\\", "\\\\"],
  ])("quote escapes %s, every time", (_what, character, escaped) => {
    expect(quote(`a${character}b${character}`)).toBe(`"a${escaped}b${escaped}"`);
  });

  it.each(["a~b", "a\u00a0b", "büch\u00ff", "\u2027\u202f", "例え", "💡"])("quote leaves %s unchanged", (text) => {
    expect(quote(text)).toBe(`"${text}"`);
  });

  it("quote shortens a text before it escapes it, so that no escape is cut", () => {
    expect(quote("\u009b".repeat(301))).toBe(`"${"\\u009b".repeat(300)}…"`);
  });

  it("quote shows no PEM", () => {
    expect(quote(PEM)).toBe("(a PEM)");
  });

  it.each([
    ["has lost its first dash", PEM.slice(1)],
    ["has lost its armour", PEM.split("\n")[1] ?? ""],
    ["is in base64url", "MC4CAQAwBQYDK2VwBCIE-IOm9Z1qT4b_7uE0xKcW5sYt2Rj8"],
    ["stands behind what there is room for", "a ".repeat(200) + (PEM.split("\n")[1] ?? "")],
  ])("quote shows no key that %s", (_, text) => {
    expect(quote(text)).toBe("(withheld: it may be a key)");
  });

  it("quote breaks up commands of CI systems, and stays equivalent", () => {
    const text = "##[group]a ##vso[task.x] ###teamcity[y] section_start:1:z ::add-mask::e";

    expect(quote(text)).toBe(
      String.raw`"\u0023#[group]a \u0023#vso[task.x] #\u0023#teamcity[y] section\u005fstart:1:z ::add-mask::e"`,
    );
    expect(JSON.parse(quote(text))).toBe(text);
  });
});

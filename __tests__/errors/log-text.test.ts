import { htmlText, jsonText, logLine, onOneLine, withoutCommands } from "../../lib/errors";

describe("withoutCommands", () => {
  it.each([
    ["::add-mask::e", ": :add-mask::e"],
    [" \t\u00a0::error file=a::b", " \t\u00a0: :error file=a::b"],
    ["a\n  ::stop-commands::x\nb", "a\n  : :stop-commands::x\nb"],
    ["::GROUP::x", ": :GROUP::x"],
    [":::error::x", ": ::error::x"],
    ["a ##[group]b", "a # #[group]b"],
    ["###[group]", "## #[group]"],
    ["##vso[task.setvariable variable=a]b", "# #vso[task.setvariable variable=a]b"],
    ["##teamcity[buildStop]", "# #teamcity[buildStop]"],
    ["\u001b[0Ksection_start:1:a", "\u001b[0Ksection _start:1:a"],
    ["section_end:1:a", "section _end:1:a"],
  ])("withoutCommands leaves no command of a CI system: %j", (text, broken) => {
    expect(withoutCommands(text)).toBe(broken);
    expect(withoutCommands(broken)).toBe(broken);
  });

  it.each([
    "::1",
    "::",
    "  ::ffff:192.0.2.1, ::1",
    "::1       2029-02-27  yes",
    "2001:db8::10",
    "a ::error::b",
    "### 2 certificates",
    "#1 [a]",
    "> [!CAUTION]",
    "| # | [a] |",
    "section_starts: 1",
    "",
  ])("withoutCommands leaves other text unchanged: %j", (text) => {
    expect(withoutCommands(text)).toBe(text);
  });
});

describe("onOneLine and logLine", () => {
  it("onOneLine replaces invisible characters with a space", () => {
    expect(onOneLine("a\r\n\u202eb\u200bc\u2028d")).toBe("a b c d");
  });

  it("logLine escapes invisible characters", () => {
    expect(logLine("a\r\nb\u202e##[c]")).toBe(String.raw`a\u000d\u000ab\u202e# #[c]`);
  });
});

describe("jsonText", () => {
  const value = { "##[a]": ["::b::", "section_end:1:c", "\u009b\u202e\u{e0041}\n", "##vso[d]\\##[e]", "é💡"] };

  it("jsonText is equivalent to the JSON of JSON.stringify", () => {
    expect(JSON.parse(jsonText(value))).toEqual(value);
    expect(JSON.parse(jsonText(value, 2))).toEqual(value);
  });

  it("jsonText has no command of a CI system and no invisible character", () => {
    expect(jsonText(value, 2)).not.toMatch(/##\w*\[|section_end:|[^\P{C}\n]/u);
    expect(withoutCommands(jsonText(value, 2))).toBe(jsonText(value, 2));
  });

  it("jsonText is the text of JSON.stringify if nothing needs an escape", () => {
    const plain = { names: ["::1", "Müller & Söhne", 'a "b"\\\n'], count: 1, none: null };

    expect(jsonText(plain, 2)).toBe(JSON.stringify(plain, undefined, 2));
  });
});

describe("htmlText", () => {
  it.each([
    ["<p>a</p>\n<p>#7 a::b section</p>", "<p>a</p>\n<p>#7 a::b section</p>"],
    ["::add-mask::e", "&#58;:add-mask::e"],
    ["<p>a\n  ::error::b</p>", "<p>a\n  &#58;:error::b</p>"],
    ["##[group]b ##vso[a]", "&#35;#[group]b &#35;#vso[a]"],
    ["section_start:1:a", "section&#95;start:1:a"],
    ["a\u202eb\u001b[31m\u2028\u{e0041}", "a&#8238;b&#27;[31m&#8232;&#917569;"],
  ])("htmlText is equivalent HTML without a command of a CI system: %j", (html, written) => {
    expect(htmlText(html)).toBe(written);
    expect(htmlText(written)).toBe(written);
  });
});

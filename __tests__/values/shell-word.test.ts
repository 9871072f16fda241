import { execFileSync } from "node:child_process";
import { quoteForShell, shellWord } from "../../lib/values/shell-word";

const NAMES = [
  "ca.key",
  "../pki/ca.key",
  "-rf",
  "a b",
  "it's",
  '"',
  "$(touch x)",
  "`x`",
  "a;b&c|d",
  "\\",
  "*",
  "~",
  "#a",
  "ä",
];

it.each(NAMES)("quoteForShell makes %j one word of a shell", (name) => {
  const wordsOf = (text: string): string =>
    execFileSync("sh", ["-c", `for each in ${text}; do printf '%s|' "$each"; done`], { encoding: "utf8" });

  expect(wordsOf(quoteForShell(name))).toBe(`${name}|`);
  expect(wordsOf(shellWord(name))).toBe(name.startsWith("-") ? `./${name}|` : `${name}|`);
});

it.each(["ca.key", "../pki/brokers/2001-db8--1/server.key", "/srv/ca@1.key"])(
  "shellWord leaves %s unchanged",
  (name) => {
    expect(shellWord(name)).toBe(name);
  },
);

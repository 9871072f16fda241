import { Command } from "commander";
import { Declarations } from "../../../lib/cli/declared/declarations";
import type { Finding, Findings } from "../../../lib/cli/findings/finding";
import { toFindings } from "../../../lib/cli/findings/findings";

/** Findings of a command that are given, in a world that has nothing else. */
export function findingsOf(...findings: readonly Finding[]): Findings {
  const command = new Command("review");
  new Command("mqtt-pki").version("1.0.0").addCommand(command);
  const asked = { command, rules: undefined, declarations: new Declarations([]) };
  return toFindings({ env: {}, directory: "/work" }, asked, findings, []);
}

/** Something that is found of a broker. */
export const REMOVED: Finding = {
  id: "review/removed",
  level: "error",
  address: "mqtt-1.example.com",
  location: "tls_locally_signed_cert.broker",
  message: "removed: it stays valid",
  declared: { file: "fleet/north.csv", line: 3 },
};

/** A rule that a waiver lets be broken. */
export const WAIVED: Finding = {
  id: "rules/small-steps",
  level: "note",
  address: null,
  location: null,
  message: "31 change at once",
  rule: { file: "mqtt-pki.yaml", line: 7, col: 5 },
  waiver: "waived until 2027-05-31 by ops: agreed",
};

/** All is as it should be. */
export const FINE: Finding = {
  id: "check/current",
  level: "none",
  address: "mqtt-2.example.com",
  location: "127.0.0.1:8883",
  message: "current",
};

/** As many, each of another broker. */
export function many(count: number, finding: Finding = REMOVED): Finding[] {
  return Array.from({ length: count }, (_, at) => ({
    ...finding,
    address: `mqtt-${at}.example.com`,
    location: `tls_locally_signed_cert.broker["mqtt-${at}.example.com"]`,
  }));
}

/** Texts of others that would be more than texts to a format. */
export const HOSTILE: readonly string[] = [
  "%0A::error::x",
  "%250A::error file=a,line=1::x",
  "a,file=b,title=c::d\r\n::stop-commands::e",
  "]]></failure><script>alert(1)</script>&amp;&#x0;<!--",
  '" onload="x',
  "[a](https://e.example) {0} {{1}} \\[",
  "\u0000\u0001\u0008\u000b\u001b[31m\u007f\u0085\u2028\u2029",
  "\ud800 \udfff lone \ufffe\uffff\u{1ffff}",
  "\u202e\u2066\u200f\ufeffright to left",
  "##[error]a ##vso[b] section_start:1:c",
  "x".repeat(65_536),
  "😀".repeat(700),
  "../../etc/passwd",
  "C:\\a\\b",
  "a b%20c#d?e",
];

/** The same, each with the first of it, for the names of tests. */
export const HOSTILE_CASES = HOSTILE.map((text) => [JSON.stringify(text.slice(0, 40)), text] as const);

/** A finding with that text in every field that holds text. */
export function hostile(text: string): Finding {
  return {
    ...{ id: "rules/a", level: "error", address: text, location: text, message: text },
    declared: { file: `a/${text}`, line: 2, col: 3 },
    rule: { file: text, line: 4 },
    waiver: text,
  };
}

import { InputError } from "../../../lib/cli/input-error";
import { readDocument } from "../../../lib/cli/terraform/document";
import { fixture, CORRUPT, wrapped } from "../fixtures";

const PLAN = fixture("terraform", "hcl/map", "no-op");
const STATE = fixture("tofu", "hcl/map", "state");

function refusalOf(text: string | Uint8Array): string {
  try {
    readDocument("plan.json", Buffer.from(text), "plan").members.forEach((member) => member.value());
  } catch (error) {
    if (error instanceof InputError) {
      return error.message;
    }
    throw error;
  }
  return "";
}

describe("readDocument", () => {
  it("readDocument distinguishes plans and states", () => {
    expect(readDocument("plan.json", Buffer.from(PLAN), "plan").kind).toBe("plan");
    expect(readDocument("state.json", Buffer.from(STATE), "plan").kind).toBe("state");
    expect(readDocument("state.json", Buffer.from('{"format_version":"1.0"}'), "plan").kind).toBe("state");
  });

  it("readDocument takes unknown members and minor versions", () => {
    expect(readDocument("plan.json", Buffer.from(PLAN.replace("{", '{"new_member":[{}],')), "plan").kind).toBe("plan");
    expect(refusalOf(PLAN.replace(/"format_version":"1\.\d+"/, '"format_version":"1.99"'))).toBe("");
  });

  const utf16be = (text: string): Buffer => Buffer.from(text, "utf16le").swap16();
  it.each<[how: string, content: Uint8Array]>([
    ["UTF-8 with a byte order mark", Buffer.from(`\ufeff${PLAN}`)],
    ["UTF-16, as PowerShell writes it", Buffer.from(`\ufeff${PLAN}\r\n`, "utf16le")],
    ["UTF-16 without a byte order mark", Buffer.from(PLAN, "utf16le")],
    ["UTF-16 in the other order of bytes", utf16be(`\ufeff${PLAN}`)],
    ["the same without a byte order mark", utf16be(PLAN)],
  ])("readDocument takes a document in %s", (_how, content) => {
    const { kind, members } = readDocument("plan.json", content, "plan");

    expect(kind).toBe("plan");
    expect(members.get("resource_changes")?.value()).toEqual(
      (JSON.parse(PLAN) as Record<string, unknown>)["resource_changes"],
    );
  });

  const COMMAND = "[command]/usr/bin/terraform show -json plan";
  it.each<[what: string, text: string]>([
    ["a command before it", `${COMMAND}\n${PLAN}`],
    ["a command before it, on Windows", `${COMMAND}\r\n${PLAN}\r\n`],
    ["what setup-terraform prints around it", wrapped(PLAN)],
    ["the same on Windows", wrapped(PLAN).replaceAll("\n", "\r\n")],
    ["lines of a log before it", `\n> plant@1.0.0 plan\n> terraform show -json\n\n${PLAN}`],
    ["indented lines", `${COMMAND}\n${JSON.stringify(JSON.parse(PLAN), undefined, 2)}\n::set-output name=x::{}`],
  ])("readDocument takes a document with %s", (_what, text) => {
    const { kind, members } = readDocument("plan.json", Buffer.from(text), "plan");

    expect(kind).toBe("plan");
    expect([...members.keys()]).toEqual(Object.keys(JSON.parse(PLAN) as object));
    expect(refusalOf(Buffer.from(`\ufeff${text}`, "utf16le"))).toBe("");
  });

  const deep = (depth: number): string => `{"format_version":"1.0","values":${"[".repeat(depth)}${"]".repeat(depth)}}`;
  it("readDocument says how to write what the command reads", () => {
    expect(() => readDocument("-", Buffer.from("No state."), "state")).toThrow(
      'is neither a plan nor a state in JSON; write it with "terraform show -json > state.json" (or tofu)',
    );
  });

  it("readDocument takes values nested 200 deep, and no deeper", () => {
    expect(refusalOf(deep(200))).toBe("");
    expect(refusalOf(deep(201))).toMatch(/^"plan\.json" is nested more than 200 deep; /);
    expect(refusalOf(deep(200_000))).toMatch(/^"plan\.json" is nested more than 200 deep; /);
  });

  it.each<[what: string, text: string | Uint8Array, message: RegExp]>([
    ["two documents", `${PLAN}\n${PLAN}`, /is JSON that is cut off, or has other text after it/],
    ["a part, and a command", `${CORRUPT.truncated(PLAN)}\n::debug::exitcode: 1\n`, /is JSON that is cut off/],
    ["commands alone", "\n::debug::exitcode: 1\n", /is neither a plan nor a state in JSON/],
    [
      "a state file behind a command",
      `${COMMAND}\n{"version":4,"serial":1,"lineage":"x"}`,
      /is a state in the engine's own format/,
    ],
    ["nothing", "", /^"plan\.json" is empty; write it with "terraform show -json PLAN/],
    ["blanks", " \n", /is empty/],
    ["a part", CORRUPT.truncated(PLAN), /is JSON that is cut off/],
    ["text on its line", CORRUPT.labelled(PLAN), /has other text before the JSON.*terraform_wrapper: false/],
    ["text after it", `${PLAN}\nbye`, /is JSON that is cut off, or has other text after it/],
    [
      "another major version",
      CORRUPT.unknownFormat(PLAN),
      /has format_version 2\.0, but this version of mqtt-pki reads 1\.x/,
    ],
    ["words", "Error: no plan", /is neither a plan nor a state in JSON/],
    ["a list", "[]", /is neither a plan nor a state in JSON/],
    ["other JSON", '{"name":"x"}', /has no format_version/],
    ["a version that is no text", '{"format_version":1}', /has no format_version/],
    ["a saved plan", "PK\u0003\u0004rest", /is a plan in the engine's own format, not JSON; write it with/],
    ["a state file", '{"version":4,"serial":1,"lineage":"x"}', /is a state in the engine's own format/],
    ["an encrypted state", '{"serial":1,"lineage":"x","meta":{},"encrypted_data":"x"}', /is encrypted/],
  ])("readDocument refuses %s with a message", (_what, text, message) => {
    expect(refusalOf(text)).toMatch(message);
  });
});

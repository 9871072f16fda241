import { CommanderError } from "commander";
import { failureOf } from "../../lib/cli/failure";
import { InputError } from "../../lib/cli/input-error";

/** What `body` throws. */
function thrownBy(body: () => unknown): unknown {
  try {
    body();
  } catch (error) {
    return error;
  }
  throw new Error("Nothing was thrown.");
}

describe("failureOf", () => {
  it("failureOf returns status 2 and one line for invalid input", () => {
    expect(failureOf(new InputError("a\nb.json", "is not JSON", "write it again"))).toEqual({
      status: 2,
      lines: ['error: "a\\nb.json" is not JSON; write it again'],
    });
  });

  it("failureOf names standard input", () => {
    expect(failureOf(new InputError("-", "is empty", "fill it")).lines).toEqual([
      "error: standard input is empty; fill it",
    ]);
  });

  it("failureOf returns 2 for wrong usage and 0 for help, and no lines", () => {
    expect(failureOf(new CommanderError(1, "commander.unknownOption", "error"))).toEqual({ status: 2, lines: [] });
    expect(failureOf(new CommanderError(0, "commander.helpDisplayed", "help"))).toEqual({ status: 0, lines: [] });
  });

  it("failureOf returns 2 for a bug, with its stack and without the data", () => {
    const { status, lines } = failureOf(thrownBy(() => JSON.parse("-----BEGIN PRIVATE KEY-----") as unknown));

    expect(status).toBe(2);
    expect(lines[0]).toContain("a bug in mqtt-pki (SyntaxError)");
    expect(lines.slice(1).join("\n")).toContain("failure.test");
    expect(lines.join("\n")).not.toMatch(/BEGIN|JSON at/);
  });

  it("failureOf leaves out a message of many lines, even if they look like stack frames", () => {
    const lines = failureOf(new Error("first\n    at secret (key:1:1)\nlast")).lines.join("\n");

    expect(lines).not.toMatch(/first|secret|last/);
    expect(lines).toContain("failure.test");
  });

  it("failureOf returns 2 for a thrown value that is not an Error", () => {
    expect(failureOf("a text").status).toBe(2);
  });
});

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

describe("how a command ends that fails", () => {
  it("with 2 and one line where its input is bad", () => {
    expect(failureOf(new InputError("a\nb.json", "is not JSON", "write it again"))).toEqual({
      status: 2,
      lines: ['error: "a\\nb.json" is not JSON; write it again'],
    });
  });

  it("names standard input so", () => {
    expect(failureOf(new InputError("-", "is empty", "fill it")).lines).toEqual([
      "error: standard input is empty; fill it",
    ]);
  });

  it("with 2 on bad usage, and 0 where help was asked for: commander has said the rest", () => {
    expect(failureOf(new CommanderError(1, "commander.unknownOption", "error"))).toEqual({ status: 2, lines: [] });
    expect(failureOf(new CommanderError(0, "commander.helpDisplayed", "help"))).toEqual({ status: 0, lines: [] });
  });

  it("with 2 on a bug, telling where it is and nothing of the data", () => {
    const { status, lines } = failureOf(thrownBy(() => JSON.parse("-----BEGIN PRIVATE KEY-----") as unknown));

    expect(status).toBe(2);
    expect(lines[0]).toContain("a bug in mqtt-pki (SyntaxError)");
    expect(lines.slice(1).join("\n")).toContain("failure.test");
    expect(lines.join("\n")).not.toMatch(/BEGIN|JSON at/);
  });

  it("with nothing of a message of many lines, even if they look like frames of a stack", () => {
    const lines = failureOf(new Error("first\n    at secret (key:1:1)\nlast")).lines.join("\n");

    expect(lines).not.toMatch(/first|secret|last/);
    expect(lines).toContain("failure.test");
  });

  it("with 2 on what is no error", () => {
    expect(failureOf("a text").status).toBe(2);
  });
});

import { inspect } from "node:util";
import { InvalidInputError, type ProblemKind } from "../../lib/errors";
import { problem } from "./support";

describe("InvalidInputError", () => {
  it("InvalidInputError has the place, the value, the reason and the fix", () => {
    const error = new InvalidInputError('the fleet "mqtt"', [problem()]);

    expect(error.message).toBe(
      ['1 problem in the fleet "mqtt":', '  brokers[0].address: "a_b" has an underscore; rename it'].join("\n"),
    );
  });

  it("InvalidInputError counts its problems, and has one line for each in order", () => {
    const error = new InvalidInputError("the fleet", [
      problem(),
      problem({ path: "duration", value: "0", reason: "is zero", fix: "give more" }),
      problem({ path: "authority", value: "null", reason: "is not an authority", fix: "give one" }),
    ]);

    expect(error.message).toBe(
      [
        "3 problems in the fleet:",
        '  brokers[0].address: "a_b" has an underscore; rename it',
        "  duration: 0 is zero; give more",
        "  authority: null is not an authority; give one",
      ].join("\n"),
    );
  });

  it("InvalidInputError shows no value for a missing value", () => {
    const missing = problem({ path: "shards", value: "undefined", reason: "is required", kind: "required" });

    expect(new InvalidInputError("the fleet", [missing]).message).toMatch(/^ {2}shards is required; rename it$/m);
  });

  it("InvalidInputError has no line end and no command of a CI system in any of its texts", () => {
    const error = new InvalidInputError('the fleet "##[x]"', [
      problem({
        path: "::add-mask::e.yaml:1:1 brokers[0].address",
        value: "##vso[task.x]",
        reason: "has\n::error::it",
        fix: "run: chmod \u202e",
      }),
    ]);

    expect(error.message.split("\n")).toEqual([
      '1 problem in the fleet "# #[x]":',
      String.raw`  : :add-mask::e.yaml:1:1 brokers[0].address: # #vso[task.x] has\u000a::error::it; run: chmod \u202e`,
    ]);
    expect(error.problems[0]?.path).toMatch(/^: :/);
  });

  it("InvalidInputError names no path for a value as a whole", () => {
    const error = new InvalidInputError("an address", [problem({ path: "" })]);

    expect(error.message).toBe('1 problem in an address:\n  "a_b" has an underscore; rename it');
  });

  it("InvalidInputError is identified by its class, its name and its code", () => {
    const error = new InvalidInputError("the fleet", [problem()]);

    expect(error).toBeInstanceOf(Error);
    expect(error).toBeInstanceOf(InvalidInputError);
    expect(error.name).toBe("InvalidInputError");
    expect(error.code).toBe("MQTT_PKI_INVALID_INPUT");
  });

  it("InvalidInputError has all problems in its property", () => {
    const problems = [problem(), problem({ path: "duration" })];

    expect(new InvalidInputError("the fleet", problems).problems).toMatchObject(problems);
  });

  it("InvalidInputError shows the first 100 problems, and the number of the others", () => {
    const many = (count: number): InvalidInputError =>
      new InvalidInputError(
        "the fleet",
        Array.from({ length: count }, (_, index) => problem({ path: `brokers[${index}].address` })),
      );
    const [first, ...lines] = many(100_000).message.split("\n");

    expect(first).toBe("100000 problems in the fleet:");
    expect(lines).toHaveLength(101);
    expect(lines[99]).toMatch(/^ {2}brokers\[99\]/);
    expect(lines[100]).toBe("  … and 99900 more: the error's `problems` list all of them");
    expect(many(100_000).problems).toHaveLength(100_000);
    expect(many(100).message).not.toContain("more");
  });

  it("InvalidInputError prints each problem once, not again as a field", () => {
    const printed = inspect(new InvalidInputError("the fleet", [problem()]));

    expect(printed.split("has an underscore")).toHaveLength(2);
  });
});

describe("Problem.code", () => {
  const codeOf = (path: string, kind?: ProblemKind): string | undefined =>
    new InvalidInputError("it", [problem({ path, ...(kind !== undefined && { kind }) })]).problems[0]?.code;

  it.each([
    ["brokers[3].address", undefined, "address/invalid"],
    ["brokers[0].alternativeAddresses[1]", "duplicate", "alternativeAddresses/duplicate"],
    ["brokers.yaml:12:14 brokers[3].subject.country", undefined, "country/invalid"],
    ["shards", "required", "shards/required"],
    ["brokers[2]", undefined, "brokers/invalid"],
    ["brokers[0].adress", "unknown-property", "unknown-property"],
    ["", "occupied", "occupied"],
  ] as const)("Problem.code of the path %p and the kind %p is %p", (path, kind, code) => {
    expect(codeOf(path, kind)).toBe(code);
  });
});

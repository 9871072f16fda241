import { Problems } from "../../lib/errors";
import { environmentVariable, type KeyPassword, parseKeyPassword } from "../../lib/values/key-password";

/** What is read, and all that is wrong, in lines. Props as plain JavaScript may give them. */
function parse(props: object): { password: KeyPassword | undefined; lines: string[] } {
  const problems = new Problems();
  const password = parseKeyPassword(problems, props, USUAL);
  const lines = problems.toError("a password").problems.map(({ path, value, reason }) => `${path} ${value} ${reason}`);
  return { password, lines };
}

/** The iterations where none are given. */
const USUAL = 2048;

const NO_NAME = /^passwordVariable "?\(hidden text\)"? is not the name of a Terraform variable$/;

describe("parseKeyPassword", () => {
  it("parseKeyPassword has version 1 by default", () => {
    expect(parse({ passwordVariable: "plant" })).toEqual({
      password: { variable: "plant", version: 1, iterations: USUAL },
      lines: [],
    });
  });

  it("parseKeyPassword reads another version", () => {
    expect(parse({ passwordVariable: "plant", passwordVersion: 12 })).toEqual({
      password: { variable: "plant", version: 12, iterations: USUAL },
      lines: [],
    });
  });

  it.each<[object]>([
    [{}],
    [{ passwordVariable: undefined, passwordVersion: undefined }],
    [{ passwordVariable: false }],
    [{ passwordVariable: false, passwordVersion: undefined }],
  ])("parseKeyPassword reads no password in %j", (props) => {
    expect(parse(props)).toEqual({ password: undefined, lines: [] });
  });

  it.each(["a", "_", "PLANT_2", "aB_9", "a".repeat(200)])(
    "parseKeyPassword accepts the variable %s",
    (passwordVariable) => {
      expect(parse({ passwordVariable })).toEqual({
        password: { variable: passwordVariable, version: 1, iterations: USUAL },
        lines: [],
      });
    },
  );

  it.each<[unknown]>([
    [""],
    [" plant"],
    ["plant\n"],
    ["1plant"],
    ["plant-2"],
    ["plänt"],
    ["var.plant"],
    ["TF VAR"],
    ["${var.plant}"],
    ["correct horse battery staple"],
    ["-----BEGIN PRIVATE KEY-----"],
    [true],
    [null],
    [42],
    [["plant"]],
    [{ name: "plant" }],
  ])("parseKeyPassword refuses the variable %j without showing it: it may be the password", (passwordVariable) => {
    expect(parse({ passwordVariable }).lines).toEqual([expect.stringMatching(NO_NAME)]);
  });

  it("parseKeyPassword explains what to give instead of a password", () => {
    const problems = new Problems();
    parseKeyPassword(problems, { passwordVariable: "s3cret!" }, USUAL);

    expect(problems.toError("a password").problems).toMatchObject([
      {
        path: "passwordVariable",
        value: "(hidden text)",
        reason: "is not the name of a Terraform variable",
        fix: "write a name of letters, digits and _; its value comes from the environment, as TF_VAR_<name>",
      },
    ]);
  });

  // They have a special meaning in a module block, so no module may have such a variable.
  it.each(["count", "depends_on", "for_each", "lifecycle", "locals", "providers", "source", "version"])(
    "parseKeyPassword refuses the variable %s, which Terraform reserves",
    (passwordVariable) => {
      expect(parse({ passwordVariable }).lines).toHaveLength(1);
    },
  );

  it.each<[unknown, string]>([
    [0, "0"],
    [-1, "-1"],
    [1.5, "1.5"],
    [NaN, "NaN"],
    [Infinity, "Infinity"],
    [2 ** 53, "9007199254740992"],
    ["hunter2 of the plant", "(hidden text)"],
    [true, "true"],
    [null, "null"],
    [[2], "(a list of 1)"],
  ])("parseKeyPassword refuses the version %p", (passwordVersion, shown) => {
    expect(parse({ passwordVariable: "plant", passwordVersion }).lines).toEqual([
      `passwordVersion ${shown} is not a version`,
    ]);
  });

  it.each([[{}], [{ passwordVariable: false }]])(
    "parseKeyPassword refuses a version without a variable: %j",
    (props) => {
      expect(parse({ ...props, passwordVersion: 1 }).lines).toEqual([
        "passwordVersion 1 is set, but there is no password",
      ]);
      expect(parse({ ...props, passwordVersion: 0 }).lines).toEqual(["passwordVersion 0 is not a version"]);
    },
  );

  it.each([1000, 2048, 10_000_000])("parseKeyPassword accepts %i iterations", (passwordIterations) => {
    expect(parse({ passwordVariable: "plant", passwordIterations }).password?.iterations).toBe(passwordIterations);
  });

  it.each<[unknown, string]>([
    [999, "999"],
    [10_000_001, "10000001"],
    [0, "0"],
    [-2048, "-2048"],
    [2048.5, "2048.5"],
    [NaN, "NaN"],
    [Infinity, "Infinity"],
    ["hunter2 of the plant", "(hidden text)"],
    [true, "true"],
    [null, "null"],
  ])("parseKeyPassword refuses %p iterations", (passwordIterations, shown) => {
    const line = `passwordIterations ${shown} is not a whole number from 1000 to 10000000`;

    expect(parse({ passwordVariable: "plant", passwordIterations }).lines).toEqual([line]);
    expect(parse({ passwordIterations }).lines).toEqual([line]);
  });

  it.each([[{}], [{ passwordVariable: false }]])(
    "parseKeyPassword refuses iterations without a variable: %j",
    (props) => {
      expect(parse({ ...props, passwordIterations: USUAL }).lines).toEqual([
        "passwordIterations 2048 is set, but there is no password",
      ]);
    },
  );

  it("parseKeyPassword refuses variable, version and iterations at once", () => {
    expect(parse({ passwordVariable: "s3cret!", passwordVersion: 0, passwordIterations: 1 }).lines.sort()).toEqual([
      "passwordIterations 1 is not a whole number from 1000 to 10000000",
      expect.stringMatching(NO_NAME),
      "passwordVersion 0 is not a version",
    ]);
  });
});

describe("environmentVariable", () => {
  it("environmentVariable is the name that the engine reads for a variable", () => {
    expect(environmentVariable("plant")).toBe("TF_VAR_plant");
  });
});

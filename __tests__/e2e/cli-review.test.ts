import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fixture, CORRUPT } from "../cli/fixtures";
import { isLeaked, planted, SECRETS } from "../cli/review/planted";
import { BuiltProgram } from "./support/built-program";

describe("mqtt-pki review, as it is in the package", () => {
  const program = new BuiltProgram();
  const { folder } = program;
  const plans = ["no-op", "renewed", "re-keyed", "targeted", "errored", "state", "authority-replaced"];

  beforeAll(async () => {
    await program.build();
    mkdirSync(join(folder, "folder"));
    for (const name of plans) {
      writeFileSync(join(folder, `${name}.json`), fixture("terraform", "state", name));
    }
    for (const [name, corrupt] of Object.entries(CORRUPT)) {
      writeFileSync(join(folder, `${name}.json`), corrupt(fixture("tofu", "machine", "renewed")));
    }
  });
  afterAll(() => {
    program.remove();
  });

  function review(parameters: readonly string[], input = "", env: NodeJS.ProcessEnv = {}): SpawnSyncReturns<string> {
    return program.run(["review", ...parameters], input, env);
  }

  it("mqtt-pki review exits 0 on any change if no kind to stop for is found", () => {
    expect(review(["no-op.json"])).toMatchObject({
      status: 0,
      stdout: "Nothing changes: 3 certificates stay the same.\n",
      stderr: "",
    });
    expect(review(["re-keyed.json"])).toMatchObject({ status: 0, stderr: "" });
    expect(review(["re-keyed.json", "--fail-on", "removed,authority-replaced"])).toMatchObject({
      status: 0,
      stderr: "",
    });
  });

  it("mqtt-pki review exits 1 on a kind of --fail-on, names it, and writes the review all the same", () => {
    const { status, stdout, stderr } = review(["re-keyed.json", "renewed.json", "--fail-on", "re-keyed, removed"]);

    expect({ status, stderr }).toEqual({ status: 1, stderr: "Found 1 re-keyed.\n" });
    expect(stdout).toContain("mqtt-2.example.com");
  });

  it("mqtt-pki review --fail-on grave exits 1 on grave changes of any kind, and counts them", () => {
    const { status, stderr } = review(["re-keyed.json", "renewed.json", "--fail-on", "grave,renewed"]);

    expect({ status, stderr }).toEqual({ status: 1, stderr: "Found 1 grave, 1 renewed.\n" });
    expect(review(["renewed.json", "--fail-on", "grave"])).toMatchObject({ status: 0, stderr: "" });
  });

  it("mqtt-pki review exits 1 on an incomplete plan, with or without --fail-on", () => {
    const { status, stderr } = review(["targeted.json"]);

    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: "targeted.json covers only a part of the resources, as with -target.\n",
    });
  });

  it("mqtt-pki review shows a plan's name safely and on one line", () => {
    const deep = "Runner1/Work2/Fleet3/Plans4/Stacks5/Mqtt6/Plan7";
    mkdirSync(join(folder, deep), { recursive: true });
    const names = [`${deep}/plan`, `${deep}/two\nlines`];
    for (const name of names) {
      cpSync(join(folder, "renewed.json"), join(folder, name));
    }
    const { sources } = JSON.parse(review([...names, "--format", "json"]).stdout) as { sources: string[] };

    expect(sources).toEqual([`${deep}/plan`, `${deep}/two lines`]);
    expect(review([`${deep}/plan`, `${deep}/nowhere`]).stderr).toContain(`"${deep}/nowhere" does not exist`);
  });

  it("mqtt-pki review exits 2 on an unknown kind, and lists the known ones", () => {
    const { status, stdout, stderr } = review(["no-op.json", "--fail-on", "vanished"]);

    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain("grave, authority-replaced, authority-removed, removed, re-keyed");
    expect(review(["no-op.json", "--fail-on", ""]).status).toBe(2);
    expect(review(["no-op.json", "--format", "pdf"]).status).toBe(2);
  });

  it.each([[[]], [["-"]]])("mqtt-pki review reads standard input: %j", (parameters) => {
    const { status, stdout } = review([...parameters, "--format", "json"], fixture("tofu", "hcl/map", "moved"));

    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ sources: ["-"], counts: { renamed: 1 } });
  });

  it("mqtt-pki review writes the same to a pipe each time, in each format, without colours", () => {
    for (const format of ["text", "markdown", "json"]) {
      const first = review(["authority-replaced.json", "--format", format]).stdout;

      expect(first).not.toContain("\u001b");
      expect(review(["authority-replaced.json", "--format", format], "", { FORCE_COLOR: "1" }).stdout).toBe(first);
    }
    expect(review(["no-op.json", "--format", "markdown"]).stdout).toMatch(/^<!-- mqtt-pki review -->\n/);
  });

  it("mqtt-pki review has colours at a terminal, unless they are turned off", () => {
    // "script" of util-linux provides a terminal.
    const atTerminal = (env: NodeJS.ProcessEnv): string =>
      spawnSync("script", ["-qec", `"${process.execPath}" "${program.file}" review re-keyed.json`, "/dev/null"], {
        cwd: folder,
        encoding: "utf8",
        env: { ...process.env, TERM: "xterm", NO_COLOR: "", ...env },
      }).stdout;

    expect(atTerminal({})).toContain("\u001b[31mre-keyed\u001b[39m");
    expect(atTerminal({ NO_COLOR: "1" })).toContain("re-keyed  mqtt-2.example.com");
    expect(atTerminal({ NO_COLOR: "1" })).not.toContain("\u001b[31m");
    expect(atTerminal({ TERM: "dumb" })).not.toContain("\u001b[31m");
  });

  it.each([
    ["errored.json", '"errored.json" is a failed plan'],
    ["state.json", '"state.json" is a state, not a plan'],
    ["nowhere.json", '"nowhere.json" does not exist'],
    ["folder", '"folder" is a directory'],
    ["unknownFormat.json", '"unknownFormat.json" has format_version 2.0'],
    ["truncated.json", '"truncated.json" is JSON that is cut off'],
    ["empty.json", '"empty.json" is empty'],
    ["labelled.json", '"labelled.json" has other text before the JSON'],
  ])("mqtt-pki review exits 2 with one line on %s", (name, message) => {
    const { status, stdout, stderr } = review([name]);

    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(/^error: .*; .*\n$/);
    expect(stderr).toContain(message);
  });

  it("mqtt-pki review reports all unreadable files at once, and reviews no other file", () => {
    const { status, stdout, stderr } = review(["empty.json", "no-op.json", "nowhere.json", "errored.json"]);

    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr.split("\n").map((line) => line.split(" ", 2).join(" "))).toEqual([
      'error: "empty.json"',
      'error: "nowhere.json"',
      'error: "errored.json"',
      "",
    ]);
  });

  it("mqtt-pki review shows no part of a private key in an unexpected place", () => {
    const plan: unknown = JSON.parse(readFileSync(join(folder, "re-keyed.json"), "utf8"));
    const structure = /^\.(format_version|resource_changes\[\]\.(mode|type|change\.actions\[\]))$/;
    const formats = ["text", "markdown", "json"];
    // Unit tests look for each secret in each format, without starting a process.
    for (const [index, secret] of Object.values(SECRETS).entries()) {
      for (const isWanted of [(shape: string) => !shape.endsWith(" as a name") && !structure.test(shape), () => true]) {
        const input = JSON.stringify(planted(plan, isWanted, () => secret));
        const { stdout, stderr } = review(["--format", formats[index % formats.length] ?? ""], input);

        expect(isLeaked(secret, stdout)).toBe(false);
        expect(isLeaked(secret, stderr)).toBe(false);
      }
    }
  });
});

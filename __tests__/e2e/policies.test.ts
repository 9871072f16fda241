import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findOpa } from "../../scripts/opa";
import { fixture } from "../cli/fixtures";
import { page } from "../support/examples";
import { BuiltProgram } from "./support/built-program";
import { describeWith, type Tool } from "./support/machine";
import { type Result, run, succeed } from "./support/run";

const REPOSITORY = join(__dirname, "../..");
const POLICIES = join(REPOSITORY, "docs/policies");
const SPACELIFT = join(REPOSITORY, "docs/workflows/spacelift/plan-policy.rego");

/** Nothing is frozen then. */
const NOW = `with time.now_ns as ${Date.parse("2026-11-29T12:00:00Z")}000000`;

/** The built-in functions that Spacelift removes. */
const FORBIDDEN = ["http.send", "opa.runtime", "rego.parse_module", "time.now_ns", "trace"];

const found = findOpa();
const opa: Tool = {
  program: found ?? "opa",
  ...(found === undefined && { missing: "opa is not installed, and go cannot build it" }),
};

describeWith([opa], "the policies in Rego", () => {
  const program = new BuiltProgram();
  const folder = mkdtempSync(join(tmpdir(), "policies-"));

  beforeAll(async () => {
    await program.build();
  });
  afterAll(() => {
    program.remove();
    rmSync(folder, { recursive: true });
  });

  /** Writes the report of a command about a plan or a state into the folder. */
  function report(command: "review" | "inventory", name: string, custody: "state" | "machine" = "state"): void {
    const { stdout } = program.run([command, "-", "--format", "json"], fixture("terraform", custody, name));
    writeFileSync(join(folder, `${command}.json`), stdout);
  }

  async function evaluate(policy: string, query: string, input: string): Promise<unknown> {
    const options = ["eval", "--format", "raw", "--data", policy, "--input", join(folder, input), query];
    return JSON.parse(await succeed(opa.program, options));
  }

  it("Rego policies are formatted and use only fields that reports have", async () => {
    const paths = [POLICIES, join(SPACELIFT, "..")];

    expect(await run(opa.program, ["fmt", "--list", ...paths])).toMatchObject({ status: 0, stdout: "" });
    await succeed(opa.program, ["check", "--strict", "--schema", join(REPOSITORY, "schema"), ...paths]);
  });

  it("opa check refuses a policy that uses an unknown field", async () => {
    const wrong = join(folder, "wrong.rego");
    const text = readFileSync(join(POLICIES, "review.rego"), "utf8");
    writeFileSync(wrong, text.replace("after.notAfter", "after.notafter"));

    const { status, stderr } = await run(opa.program, ["check", "--schema", join(REPOSITORY, "schema"), wrong]);

    expect(status).toBe(1);
    expect(stderr).toContain("certificate.after.notafter");
  });

  it("Rego policies pass their own tests", async () => {
    const said = await succeed(opa.program, ["test", "--verbose", POLICIES, join(SPACELIFT, "..")]);

    expect(said).toMatch(/^PASS: (\d+)\/\1$/m);
    for (const rule of ["re_keyed", "protected", "validity", "freeze", "authority", "ends_soon", "unreadable"]) {
      expect(said).toMatch(new RegExp(`test_\\w*${rule}\\w*: PASS`));
    }
  });

  it.each([
    ["state", "no-op", []],
    ["state", "broker-removed", []],
    ["state", "duration-changed", []],
    ["state", "re-keyed", ["mqtt-2.example.com is valid for more than 398 days"]],
    [
      "state",
      "authority-replaced",
      ["Other CA: authority-replaced", "mqtt-1.example.com is valid for more than 398 days"],
    ],
    ["state", "targeted", ["the review is incomplete: - covers only a part of the resources, as with -target."]],
    ["machine", "authority-replaced", ["Other CA: authority-replaced"]],
  ] as const)("Rego policies judge a review with custody %s: %s", async (custody, name, expected) => {
    report("review", name, custody);

    const denied = await evaluate(POLICIES, `data.mqtt_pki.review.deny ${NOW}`, "review.json");

    expect(denied).toEqual(expected.length === 0 ? [] : expect.arrayContaining([...expected]));
  });

  it("Rego policies judge an inventory", async () => {
    report("inventory", "state");

    expect(await evaluate(POLICIES, "data.mqtt_pki.inventory.deny", "inventory.json")).toEqual(
      expect.arrayContaining(["mqtt-1.example.com is signed by Plant CA"]),
    );
  });

  describe("the Spacelift policy", () => {
    const given = (review: object): void => {
      const input = { spacelift: { request: { timestamp_ns: Date.parse("2026-11-29T12:00:00Z") * 1_000_000 } } };
      const text = JSON.stringify({ ...input, third_party_metadata: { custom: review } });
      writeFileSync(join(folder, "spacelift.json"), text);
    };
    const reviewOf = (name: string, ...options: string[]): unknown =>
      JSON.parse(
        program.run(["review", "--format", "json", ...options], fixture("terraform", "state", name)).stdout,
      ) as unknown;

    it("The Spacelift policy needs no built-in function that Spacelift forbids", async () => {
      const { builtins, ...others } = JSON.parse(await succeed(opa.program, ["capabilities", "--current"])) as {
        builtins: { name: string }[];
      };
      const file = join(folder, "capabilities.json");
      writeFileSync(
        file,
        JSON.stringify({ ...others, builtins: builtins.filter(({ name }) => !FORBIDDEN.includes(name)) }),
      );

      await succeed(opa.program, ["check", "--strict", "--capabilities", file, SPACELIFT]);
      expect(
        (await run(opa.program, ["check", "--capabilities", file, join(POLICIES, "review.rego")])).stderr,
      ).toContain("time.now_ns");
    });

    it("The Spacelift policy denies a forbidden change, and a run without a review", async () => {
      given({ review: reviewOf("authority-replaced") });
      expect(await evaluate(SPACELIFT, "data.spacelift.deny", "spacelift.json")).toEqual([
        "Other CA: authority-replaced",
      ]);

      given({});
      expect(await evaluate(SPACELIFT, "data.spacelift.deny", "spacelift.json")).toEqual([
        "there is no review of this plan",
      ]);
    });

    it("The Spacelift policy denies a run that breaks a rule", async () => {
      writeFileSync(join(folder, "rules.yaml"), "rules:\n  - { name: no-keys, kinds: [re-keyed] }\n");
      given({ review: reviewOf("re-keyed", "--rules", join(folder, "rules.yaml")) });

      expect(await evaluate(SPACELIFT, "data.spacelift.deny", "spacelift.json")).toEqual([
        expect.stringMatching(/^no-keys: /),
      ]);
    });

    it("The Spacelift policy passes other runs, and warns of grave changes", async () => {
      given({ review: reviewOf("renewed") });
      expect(await evaluate(SPACELIFT, "data.spacelift", "spacelift.json")).toMatchObject({ deny: [], warn: [] });

      given({ review: reviewOf("re-keyed") });
      expect(await evaluate(SPACELIFT, "data.spacelift", "spacelift.json")).toMatchObject({
        deny: [],
        warn: ["mqtt-2.example.com: re-keyed"],
      });
    });
  });

  describe("the commands of docs/reference/rules.md", () => {
    const [, commands = ""] = /^## With OPA$.*?^```sh\n(.*?)^```$/ms.exec(page("reference/rules.md")) ?? [];
    const shell = (name: string): Promise<Result> => {
      writeFileSync(join(folder, "plan.json"), fixture("terraform", "state", name));
      writeFileSync(join(folder, "npx"), `#!/bin/sh\nshift\nexec "${process.execPath}" "${program.file}" "$@"\n`, {
        mode: 0o755,
      });
      const here = commands.replaceAll("npx mqtt-pki", "./npx mqtt-pki").replaceAll("opa ", `"${opa.program}" `);
      cpSync(join(POLICIES, "review.rego"), join(folder, "review.rego"));
      return run(
        "sh",
        ["-e", "-c", here.replaceAll("node_modules/cdktf-mqtt-pki/schema", join(REPOSITORY, "schema"))],
        {
          cwd: folder,
        },
      );
    };

    it("The commands of docs/reference/rules.md exit 1 if a policy denies, and print why", async () => {
      const { status, stdout } = await shell("authority-replaced");

      expect(status).toBe(1);
      expect(stdout).toContain("Other CA: authority-replaced");
    });

    it("The commands of docs/reference/rules.md exit 0 if no policy denies", async () => {
      expect(await shell("no-op")).toMatchObject({ status: 0 });
    });
  });
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import type { Inventory } from "../../../lib/cli/inventory/entry";
import { ENGINES, fixture } from "../fixtures";
import { mqttPki, type Outcome } from "../inventory/support";

/** The file that is found by itself. */
const FOUND = "mqtt-pki.yaml";

const NO_REMOVAL = "rules:\n  - name: no-removal\n    protectedFrom: [goes]\n";
const WARNING = NO_REMOVAL.replace("protectedFrom", "level: warn\n    protectedFrom");
const WAIVED = `${NO_REMOVAL}waivers:\n  - {rule: no-removal, for: ["*"], owner: ops, reason: It is scrap., until: 2999-12-31}\n`;

describe.each(ENGINES)("mqtt-pki review with rules, for a plan of %s", (engine) => {
  describe.each(["state", "machine"] as const)("with custody %s", (custody) => {
    const reviewed = (
      plan: string,
      rules: Readonly<Record<string, string>>,
      ...args: readonly string[]
    ): Promise<Outcome> =>
      mqttPki({ "plan.json": fixture(engine, custody, plan), ...rules }, ["review", "plan.json", ...args]);

    it("review finds mqtt-pki.yaml in the current directory, and exits with 1 for a violation", async () => {
      const { status, warnings, output } = await reviewed("broker-removed", { [FOUND]: NO_REMOVAL });

      expect(status).toBe(1);
      expect(warnings).toEqual([
        expect.stringMatching(/^fail no-removal \(mqtt-pki\.yaml:2:5\): .+: is removed although it is protected/),
      ]);
      expect(output.replaceAll(/\s+/g, " ")).toContain("rule: fail no-removal (mqtt-pki.yaml:2:5)");
    });

    it.each([
      ["that nothing breaks", "broker-added", { [FOUND]: NO_REMOVAL }, []],
      ["that are not to be held to", "broker-removed", { [FOUND]: NO_REMOVAL }, ["--no-rules"]],
      ["of another file", "broker-removed", { [FOUND]: NO_REMOVAL, other: "rules: []" }, ["--rules", "other"]],
    ])("review exits with 0 for rules %s", async (_, plan, rules, args) => {
      const { status, warnings } = await reviewed(plan, rules, ...args);

      expect({ status, warnings }).toEqual({ status: 0, warnings: [] });
    });

    it.each([
      ["that warns", WARNING, /^warn no-removal /],
      ["that a waiver lets pass", WAIVED, /^waived no-removal .*; waived until 2999-12-31 by ops: It is scrap\.$/],
    ])("review reports a violation of a rule %s, and exits with 0", async (_, rules, says) => {
      const { status, warnings } = await reviewed("broker-removed", { rules }, "--rules", "rules");

      expect({ status, warnings }).toEqual({ status: 0, warnings: [expect.stringMatching(says)] });
    });

    it("review writes violations in Markdown, and in JSON of its schema", async () => {
      const markdown = await reviewed("broker-removed", { [FOUND]: NO_REMOVAL }, "--format", "markdown");
      const json = await reviewed("broker-removed", { [FOUND]: NO_REMOVAL }, "--format", "json");
      const content: unknown = JSON.parse(json.output);
      const schema = JSON.parse(readFileSync(join(__dirname, "../../../schema/review.schema.json"), "utf8")) as object;

      expect(markdown.output).toMatch(
        /^\| ⚠ \*\*`no-removal`\*\*<br>fail \| `.+` \| is removed although it is protected \| `mqtt/m,
      );
      expect(new Ajv({ strict: false }).validate(schema, content)).toBe(true);
      expect(content).toMatchObject({
        violations: [{ rule: "no-removal", level: "fail", place: "mqtt-pki.yaml:2:5", waiver: null }],
      });
    });
  });
});

describe("invalid rules", () => {
  it.each([
    ["that are wrong", { [FOUND]: "rules:\n  - name: a\n    names: 1\n  - name: a b\n    names: x" }, [], /2 problems/],
    ["that are not there", {}, ["--rules", "missing.yaml"], /./],
  ])("review exits with 2 for rules %s", async (_, files, args, says) => {
    const plan = fixture("terraform", "state", "no-op");
    const { status, warnings, output } = await mqttPki({ "plan.json": plan, ...files }, [
      "review",
      "plan.json",
      ...args,
    ]);

    expect({ status, output }).toEqual({ status: 2, output: "" });
    expect(warnings.join("\n")).toMatch(says);
  });
});

describe("mqtt-pki inventory with rules", () => {
  const files = { "state.json": fixture("terraform", "state", "state") };

  it("inventory exits with 1 for a violation, and writes it in JSON of its schema", async () => {
    const rules = "rules:\n  - name: modern\n    keyAlgorithms: [Ed25519]\n";
    const { status, warnings, output } = await mqttPki({ ...files, [FOUND]: rules }, [
      "inventory",
      "state.json",
      "--format",
      "json",
    ]);
    const content: unknown = JSON.parse(output);
    const schema = JSON.parse(readFileSync(join(__dirname, "../../../schema/inventory.schema.json"), "utf8")) as object;

    expect(status).toBe(1);
    expect(warnings[0]).toMatch(
      /^fail modern \(mqtt-pki\.yaml:2:5\): each of \d+ certificates has a key of type .*; allowed: Ed25519: .*mqtt/,
    );
    expect(new Ajv({ strict: false }).validate(schema, content)).toBe(true);
    expect(content).toHaveProperty("violations.0.rule", "modern");
  });
});

describe.each(ENGINES)("a rule that says who may sign, of a plan of %s", (engine) => {
  const RULES = "rules:\n  - name: our-authority\n    authorities: [Unused CA]\n";
  const MADE = ["mqtt-1.example.com", "mqtt-2.example.com"].join(", ");

  it.each<["state" | "machine", string, string]>([
    ["state", "first-deploy", "Plant CA"],
    ["machine", "first-deploy", "Plant CA"],
    ["state", "authority-replaced", "Other CA"],
    ["machine", "authority-replaced", "Other CA"],
  ])("the rule authorities knows an authority that the plan makes: custody %s, %s", async (custody, plan, signer) => {
    const files = { "plan.json": fixture(engine, custody, plan), [FOUND]: RULES };
    const { status, warnings } = await mqttPki(files, ["review", "plan.json"]);

    expect(warnings).toEqual([
      `fail our-authority (mqtt-pki.yaml:2:5): each of 2 certificates is signed by ${signer}: ${MADE}`,
    ]);
    expect(status).toBe(1);
  });

  it("the rule authorities checks the authority that signs directly", async () => {
    const files = { "plan.json": fixture(engine, "hcl/intermediate", "first-deploy"), [FOUND]: RULES };
    const { output } = await mqttPki(files, ["review", "plan.json", "--format", "json"]);

    expect(JSON.parse(output)).toMatchObject({
      violations: expect.arrayContaining([
        expect.objectContaining({ address: "mqtt-1.example.com", message: "is signed by Plant CA for brokers" }),
      ]) as unknown,
    });
  });

  it("the rule authorities is not broken if the plan does not say which authority signs", async () => {
    const files = { "plan.json": fixture(engine, "machine", "generation-signs"), [FOUND]: RULES };

    expect((await mqttPki(files, ["review", "plan.json"])).status).toBe(0);
  });
});

describe("a rule that many certificates break by their names", () => {
  it("a rule that many certificates break by their names lists each name once", async () => {
    const rules = "rules:\n  - name: our-names\n    names: ^none$\n";
    const plan = fixture("terraform", "state", "first-deploy");
    const { warnings } = await mqttPki({ "plan.json": plan, [FOUND]: rules }, ["review", "plan.json"]);

    expect(warnings).toEqual([
      "fail our-names (mqtt-pki.yaml:2:5): each of 2 certificates has a name that does not match: mqtt-1.example.com, mqtt-2.example.com",
    ]);
  });
});

describe("a violation in JSON", () => {
  it("a violation in JSON has the place of the declaration, if it is found", async () => {
    const main = 'brokers: [\n  { address: "mqtt-1.example.com" },\n]';
    const files = {
      "state.json": fixture("terraform", "state", "state"),
      "infra/main.ts": main,
      [FOUND]: "rules:\n  - name: modern\n    keyAlgorithms: [Ed25519]\n",
    };
    const { output } = await mqttPki(files, [
      ...["inventory", "state.json", "--format", "json", "--declared-in", "infra/main.ts"],
    ]);
    const { violations } = JSON.parse(output) as Inventory;

    expect(Object.fromEntries(violations.map(({ address, declared }) => [address, declared]))).toMatchObject({
      "mqtt-1.example.com": "infra/main.ts:2:14",
      "mqtt-2.example.com": null,
    });
  });
});

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  after,
  and,
  type Expression,
  hcl,
  holds,
  interpolate,
  letIn,
  list,
  literal,
  object,
  quoted,
  reference,
  type Template,
  unwatched,
  whenPlanned,
} from "../../lib/terraform/expression";
import { describeWith, type Tool } from "../e2e/support/machine";

const A = reference("local.a");
const B = hcl`local.b`;

describe("Expression", () => {
  it.each<[string, Expression | Template, string]>([
    ["written out", hcl`${A}[${B}] == "\${x}\\n" && ${A} < ${3}`, 'local.a[local.b] == "${x}\\n" && local.a < 3'],
    ["a name", A, "local.a"],
    ["a text", literal('say "a"\n'), '"say \\"a\\"\\n"'],
    ["texts", literal(["a", "b"]), '["a","b"]'],
    ["a template's text", quoted(`x ${interpolate(A)}`), '"x ${local.a}"'],
    ["in a template", interpolate(A), "${local.a}"],
    ["a list", list([A, B]), "[local.a, local.b]"],
    ["an object", object({ a: A, is_b: B }), "{a = local.a, is_b = local.b}"],
    [
      "an object by numbers, in their order",
      object(new Map([[2, A] as const, [1, B] as const])),
      '{"2" = local.a, "1" = local.b}',
    ],
    ["several conditions", and([A, B]), "local.a && local.b"],
    ["a name for a value", letIn("x", A, hcl`x + x`), "[for x in [local.a] : x + x][0]"],
    ["a condition, or false", holds(A), "can([0][local.a ? 0 : 1])"],
    ["text that waits", after("pki", A), "pki${substr(local.a, 0, 0)}"],
    ["text that waits for the plan", whenPlanned("pki"), "pki${substr(plantimestamp(), 0, 0)}"],
    ["one spelling of a path", unwatched("pki", "ca.pem", 1), "pki/./ca.pem"],
    ["another spelling", unwatched("pki", "ca.pem", 2), "pki/././ca.pem"],
  ])("An expression has the spelling of Terraform: %s", (_what, made, text) => {
    expect(made).toBe(text);
  });

  it("The compiler does not accept text as an expression, or an expression as text", () => {
    const wrong = [
      // @ts-expect-error the name of a file is not code
      () => hcl`file(${"ca.pem"})`,
      // @ts-expect-error this would be the text "local.a"
      () => quoted(A),
      // @ts-expect-error this would be a path with the text "local.a"
      () => unwatched(A, "ca.pem", 1),
      // @ts-expect-error its value is unknown until the engine evaluates it
      (): boolean => A,
    ];

    expect(wrong).toHaveLength(4);
  });
});

const terraform: Tool = {
  program: "terraform",
  ...(spawnSync("terraform", ["version"]).status !== 0 && { missing: "no terraform" }),
};

describeWith([terraform], "Terraform", () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "expression-"));
    mkdirSync(join(folder, "pki"));
    writeFileSync(join(folder, "pki", "ca.pem"), "PEM");
    const text = 'locals {\n  a = "A"\n  none = {}\n}\nresource "terraform_data" "made" {}\n';
    writeFileSync(join(folder, "main.tf"), text);
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  /** The value of an expression, as the engine shows it. */
  function evaluate(expression: Expression): string {
    const { stdout, stderr, status } = spawnSync("terraform", ["console", "-no-color"], {
      cwd: folder,
      input: `${expression}\n`,
      encoding: "utf8",
    });
    expect({ status, stderr: status === 0 ? "" : stderr }).toEqual({ status: 0, stderr: "" });
    return stdout.trim();
  }

  it.each<[string, Expression, string]>([
    ["a name for a value", letIn("x", A, quoted("${x}${x}")), '"AA"'],
    ["names in one another", letIn("x", A, letIn("y", hcl`1`, hcl`"\${x}\${y}"`)), '"A1"'],
    ["what holds", holds(hcl`${A} == "A"`), "true"],
    ["what does not hold", holds(hcl`${A} == "B"`), "false"],
    ["what cannot be evaluated does not hold", holds(hcl`local.none.field == "B"`), "false"],
    ["what is no condition does not hold", holds(hcl`"text"`), "false"],
    ["an object, and a list", hcl`${object({ a: A })}.a == ${list([A])}[0]`, "true"],
    ["an object by numbers", hcl`${object(new Map([[2, A]]))}["2"]`, '"A"'],
    ["conditions", and([hcl`true`, hcl`${A} == "A"`]), "true"],
    ["quotes in a text", hcl`length(${literal('"a"')})`, "3"],
    ["a text that waits for what is known", quoted(after("pki", A)), '"pki"'],
    ["a text that waits for a resource", quoted(after("pki", hcl`terraform_data.made.id`)), "(known after apply)"],
    ["a file, by its first path", hcl`file(${quoted(unwatched("pki", "ca.pem", 1))})`, '"PEM"'],
    ["a file, by its other path", hcl`file(${quoted(unwatched("pki", "ca.pem", 2))})`, '"PEM"'],
  ])("Terraform evaluates %s", (_what, expression, value) => {
    expect(evaluate(expression)).toBe(value);
  });
});

import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { BuiltProgram } from "./support/built-program";
import { describeBareEngine, machine } from "./support/machine";
import { Project } from "./support/project";
import { allOf, outputOf, type Result, run } from "./support/run";

const WORKFLOWS = join(__dirname, "../../docs/workflows");

function recipe(file: string): unknown {
  return parse(readFileSync(join(WORKFLOWS, file), "utf8"));
}

/** A step of Atlantis and Digger: a built-in one by name, or a command. */
type Step = string | { readonly run: string };

interface Stage {
  readonly steps: readonly Step[];
}

interface Atlantis {
  readonly repos: readonly {
    readonly workflow: string;
    readonly pre_workflow_hooks: readonly { readonly run: string; readonly commands: string }[];
  }[];
  readonly workflows: Readonly<Record<string, { readonly plan: Stage; readonly policy_check: Stage }>>;
}

interface Spacelift {
  readonly stacks: Readonly<
    Record<string, { readonly before_init: readonly string[]; readonly after_plan: readonly string[] }>
  >;
}

interface Digger {
  readonly projects: readonly { readonly dir: string }[];
  readonly workflows: Readonly<Record<string, { readonly plan: Stage; readonly apply: Stage }>>;
}

type Hooks = Readonly<Partial<Record<"before" | "after", readonly { readonly run: string }[]>>>;

interface Env0 {
  readonly deploy: { readonly steps: { readonly terraformInit: Hooks; readonly terraformPlan: Hooks } };
}

/** Whether Atlantis counts a custom policy check as passed, in current and older versions. */
function passes(output: string): boolean {
  const isFailure = /[1-9][0-9]* failure|failures": \[/.test(output) || output.trim().startsWith("FAIL");
  expect(isFailure).toBe(/fail/i.test(output));
  return output !== "" && !isFailure;
}

const NO_REMOVAL = "rules:\n  - { name: all-stay, protectedFrom: [goes] }\n";
const LENIENT = "rules:\n  - { name: few-change, changesAtMost: 100 }\n";

const [terraform] = machine().engines.filter(({ name }) => name === "Terraform");
if (terraform === undefined) {
  throw new Error("Terraform is among the engines that are looked for.");
}

describeBareEngine(
  terraform,
  "the recipes",
  (engine) => {
    const program = new BuiltProgram();
    const project = new Project(engine, { withoutProviders: true });
    const bin = mkdtempSync(join(tmpdir(), "recipes-"));

    const declare = (...brokers: string[]): void => {
      const [directory, state] = ["pki", "mqtt.tfstate"].map((name) => JSON.stringify(project.path(name)));
      const backend = `(stack) => new LocalBackend(stack, { path: ${state ?? ""} })`;
      project.declareFleet(brokers, `custody: "machine", directory: ${directory ?? ""}, backend: ${backend},`);
    };

    beforeAll(async () => {
      await program.build();
      const script = (name: string, text: string): void => {
        writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
      };
      const node = JSON.stringify(process.execPath);
      script("mqtt-pki", `exec ${node} "${program.file}" "$@"`);
      script("npm", `[ "$*" = "ci --ignore-scripts" ]`);
      script(
        "npx",
        `case "$1 $2" in
           "--no mqtt-pki") shift 2; exec mqtt-pki "$@" ;;
           "--no cdktf") [ "$3" = synth ] && exec ${node} --import tsx main.ts ;;
         esac
         exit 99`,
      );
      declare("mqtt-1.example.com", "mqtt-2.example.com");
      await project.synth();
      await project.apply();
      project.keep();
    });
    beforeEach(() => {
      project.restore();
    });
    afterAll(() => {
      program.remove();
      project.remove();
      rmSync(bin, { recursive: true });
    });

    /** Runs commands as a system does, with both output streams in one. */
    function shell(folder: string, commands: string, env: NodeJS.ProcessEnv = {}, program = "sh"): Promise<Result> {
      const PATH = `${bin}:${process.env["PATH"] ?? ""}`;
      return run(program, ["-c", commands], {
        cwd: project.path(folder),
        env: { ...project.env, TERRAFORM_BINARY_NAME: engine.program, TF_IN_AUTOMATION: "1", ...env, PATH },
      });
    }

    /** Runs an engine command that the system has built in. */
    async function terraform(folder: string, ...parameters: string[]): Promise<string> {
      return outputOf(
        parameters.join(" "),
        await run(engine.program, parameters, { cwd: project.path(folder), env: project.env }),
      );
    }

    /** Runs the steps of a stage, and returns the output of its commands and whether one failed. */
    async function runStage({ steps }: Stage, folder: string, env: Record<string, string>, program = "sh") {
      const { PLANFILE = "", SHOWFILE = "" } = env;
      const said: string[] = [];
      for (const step of steps) {
        if (step === "init") {
          await terraform(folder, "init", "-input=false");
        } else if (step === "plan") {
          await terraform(folder, "plan", "-input=false", `-out=${PLANFILE}`);
        } else if (step === "show") {
          writeFileSync(SHOWFILE, await terraform(folder, "show", "-json", PLANFILE), { mode: 0o600 });
        } else if (typeof step === "object") {
          const result = await shell(folder, step.run, env, program);
          said.push(allOf(result).trim());
          if (result.status !== 0) {
            return { status: result.status, said };
          }
        }
      }
      return { status: 0, said };
    }

    describe("the Atlantis recipe", () => {
      const { repos, workflows } = recipe("atlantis/repos.yaml") as Atlantis;
      const [{ workflow, pre_workflow_hooks: hooks } = { workflow: "", pre_workflow_hooks: [] }] = repos;
      const { plan, policy_check: check } = workflows[workflow] ?? {};
      const folder = "cdktf.out/stacks/mqtt";

      /** The comment and the check result of Atlantis for a pull request. */
      async function pullRequest(rules: string): Promise<{ comment: string; status: number | null; check: string }> {
        for (const { run: commands } of hooks) {
          outputOf("the hook", await shell(".", commands));
        }
        writeFileSync(project.path("rules.yaml"), rules);
        const file = (name: string): string => project.path(folder, name);
        const env = { PLANFILE: file("mqtt-default.tfplan"), SHOWFILE: file("mqtt-default.json") };
        const withRules = ({ steps }: Stage): Stage => ({
          steps: steps.map((step) =>
            typeof step === "string"
              ? step
              : { run: step.run.replaceAll("/etc/atlantis/mqtt-pki.yaml", project.path("rules.yaml")) },
          ),
        });
        const planned = await runStage(plan ?? { steps: [] }, folder, env);
        const { status, said } = await runStage(withRules(check ?? { steps: [] }), folder, env);
        expect(planned.status).toBe(0);
        expect(existsSync(env.SHOWFILE)).toBe(false);
        return { comment: planned.said.join("\n"), status, check: said.join("\n") };
      }

      it("The Atlantis recipe makes a project of each stack", async () => {
        for (const { run: commands } of hooks) {
          outputOf("the hook", await shell(".", commands));
        }

        expect(hooks.map(({ commands }) => commands)).toEqual(["plan"]);
        expect(parse(project.read("atlantis.yaml"))).toEqual({
          version: 3,
          projects: [{ name: "mqtt", dir: folder, depends_on: [], autoplan: { when_modified: ["../../../**"] } }],
        });
      });

      it("The Atlantis recipe passes changes that are not grave", async () => {
        declare("mqtt-1.example.com", "mqtt-2.example.com", "mqtt-3.example.com");
        const { comment, status, check } = await pullRequest(LENIENT);

        expect(comment).toContain("mqtt-3.example.com");
        expect(status).toBe(0);
        expect(passes(check)).toBe(true);
      });

      it("The Atlantis recipe stops for grave changes and broken rules, with reasons", async () => {
        declare("mqtt-1.example.com");
        const { comment, status, check } = await pullRequest(NO_REMOVAL);

        expect(comment).toContain("mqtt-2.example.com");
        expect(status).toBe(0);
        expect(passes(check)).toBe(false);
        expect(check).toContain("Found 1 grave");
        expect(check).toContain("fail all-stay");
      });

      it("The Atlantis recipe exits with an error if rules cannot be read", async () => {
        expect((await pullRequest("rules: of thumb\n")).status).toBe(2);
      });
    });

    describe("the Spacelift recipe", () => {
      const { stacks } = recipe("spacelift/config.yml") as Spacelift;
      const [stack] = Object.values(stacks);
      const FILE = "review.custom.spacelift.json";

      /** Joins hooks with their phase, as Spacelift does. */
      const chained = (commands: readonly string[] = []): string =>
        commands.map((command) => `{ ${command}; }`).join(" && ");

      async function reviewed(): Promise<{ mode: number; certificates: unknown[]; violations: unknown[] }> {
        outputOf("before init", await shell(".", chained(stack?.before_init)));
        await terraform(".", "init", "-input=false");
        await terraform(".", "plan", "-input=false", "-out=spacelift.plan");
        outputOf("after plan", await shell(".", chained(stack?.after_plan)));
        const { mode } = statSync(project.path(FILE));
        const review = JSON.parse(project.read(FILE)) as { certificates: unknown[]; violations: unknown[] };
        return { ...review, mode: mode & 0o777 };
      }

      it("The Spacelift recipe has hooks of one line each", () => {
        expect(
          [...(stack?.before_init ?? []), ...(stack?.after_plan ?? [])].filter((hook) => hook.includes("\n")),
        ).toEqual([]);
      });

      it("The Spacelift recipe gives its policy the review with broken rules", async () => {
        declare("mqtt-1.example.com");
        writeFileSync(project.path("mqtt-pki.yaml"), NO_REMOVAL);

        expect(await reviewed()).toMatchObject({
          mode: 0o600,
          certificates: [{ title: "mqtt-2.example.com", kinds: ["removed"] }],
          violations: [{ rule: "all-stay", level: "fail" }],
        });
      });

      it("The Spacelift recipe fails if there is no review", async () => {
        outputOf("before init", await shell(".", chained(stack?.before_init)));

        expect((await shell(".", chained(stack?.after_plan))).status).not.toBe(0);
      });
    });

    describe("the Digger recipe", () => {
      const { projects, workflows } = recipe("digger/digger.yml") as Digger;
      const [{ dir } = { dir: "" }] = projects;
      const { plan = { steps: [] }, apply = { steps: [] } } = workflows["mqtt-pki"] ?? {};

      async function planned(rules: string) {
        outputOf("synth", await shell(".", "npm ci --ignore-scripts && npx --no cdktf synth"));
        writeFileSync(project.path("mqtt-pki.yaml"), rules);
        const PLANFILE = project.path("mqtt.tfplan");
        const env = { PLANFILE, DIGGER_PLANFILE: PLANFILE, DIGGER_OUT: project.path("out.log") };
        const all = { ...env, GITHUB_WORKSPACE: project.path() };
        const { status, said } = await runStage(plan, dir, all, "bash");
        const applied = await runStage({ steps: apply.steps.filter((step) => step !== "apply") }, dir, all, "bash");
        return { status, said: said.join("\n"), comment: project.read("out.log"), applied: applied.status };
      }

      it("The Digger recipe comments grave changes, and leaves them to those who approve", async () => {
        declare("mqtt-1.example.com");
        const { status, comment, applied } = await planned(LENIENT);

        expect(comment).toContain("mqtt-2.example.com");
        expect({ status, applied }).toEqual({ status: 0, applied: 0 });
      });

      it("The Digger recipe stops for a broken rule before a plan and before an apply", async () => {
        declare("mqtt-1.example.com");
        const { status, said, applied } = await planned(NO_REMOVAL);

        expect({ status, applied }).toEqual({ status: 1, applied: 1 });
        expect(said).toContain("fail all-stay");
      });
    });

    describe("the env zero recipe", () => {
      const { terraformInit, terraformPlan } = (recipe("env0/env0.yml") as Env0).deploy.steps;
      const commands = (steps: Hooks["before"] = []): string => steps.map(({ run }) => run).join("\n");

      async function planned(rules: string): Promise<Result> {
        outputOf("before init", await shell(".", commands(terraformInit.before)));
        writeFileSync(project.path("mqtt-pki.yaml"), rules);
        await terraform(".", "init", "-input=false");
        await terraform(".", "plan", "-input=false", "-out=.tf-plan");
        return shell(".", commands(terraformPlan.after));
      }

      it("The env zero recipe shows grave changes, and stops for a broken rule", async () => {
        declare("mqtt-1.example.com");

        expect(await planned(LENIENT)).toMatchObject({
          status: 0,
          stdout: expect.stringContaining("mqtt-2.example.com") as string,
        });
        expect(await planned(NO_REMOVAL)).toMatchObject({
          status: 1,
          stderr: expect.stringContaining("fail all-stay") as string,
        });
      });
    });
  },
  [],
);

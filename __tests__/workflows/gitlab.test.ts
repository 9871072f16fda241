import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import type { Affected } from "../../lib/cli/affected/affected";
import { ambiguous, COMMIT, LABEL, runGate, type Variables, WORKFLOWS } from "./support";

/** A job for GitLab, or a global part of a pipeline. */
interface GitLabJob {
  readonly image?: string | { readonly name: string };
  readonly environment?: unknown;
  readonly variables?: Variables;
  readonly before_script?: readonly string[];
  readonly script?: readonly string[];
  readonly artifacts?: { readonly paths: readonly string[] };
  readonly workflow?: { readonly rules: readonly { readonly variables?: Variables }[] };
}

describe("GitLab pipelines", () => {
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

  /** The jobs of a pipeline from gitlab-ci-local, which has GitLab's schema; or its errors. */
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

  it("the GitLab pipeline finds changed stacks, and runs a child pipeline for them", () => {
    expect(jobsOf(".gitlab-ci.yml")).toMatchObject([
      { name: "head", stage: "head" },
      { name: "affected", stage: "affected", needs: [{ job: "head" }] },
      { name: "stacks", stage: "stacks", needs: [{ job: "affected" }] },
    ]);
  });

  it("gitlab-ci-local refuses a broken GitLab pipeline", () => {
    const text = readFileSync(join(folder, ".gitlab-ci.yml"), "utf8");
    writeFileSync(join(folder, "wrong.yml"), text.replace("interruptible: true", "interruptible: perhaps"));

    expect(jobsOf("wrong.yml")).toContain("interruptible");
  });

  it.each(["plan", "apply", "watch"])(
    "the GitLab pipeline makes a job for each stack, and one after all: %s",
    (task) => {
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
    },
  );

  const jobs = [".gitlab-ci.yml", "stack.yml"].flatMap((name) =>
    Object.values(parse(readFileSync(join(GITLAB, name), "utf8")) as Record<string, GitLabJob>),
  );
  const scripts = jobs.flatMap(({ before_script = [], script = [] }) => [...before_script, ...script]);

  it("GitLab pipelines pin each image by digest and version", () => {
    const images = jobs
      .flatMap(({ image = [] }) => image)
      .map((image) => (typeof image === "string" ? image : image.name));

    expect(images).toHaveLength(3);
    expect(images.filter((image) => !/^[\w/]+:\d[\d.]*@sha256:[0-9a-f]{64}$/.test(image))).toEqual([]);
  });

  it("GitLab pipelines run no install scripts, and only installed packages", () => {
    expect(scripts.filter((script) => /npm (?!ci --ignore-scripts|$)|npx (?!--no )/m.test(script))).toEqual([]);
  });

  it("GitLab pipelines use variable names that no other program reads", () => {
    const texts = [".gitlab-ci.yml", "stack.yml"].map(
      (name) => parse(readFileSync(join(GITLAB, name), "utf8")) as GitLabJob,
    );
    const rules = texts.flatMap(({ workflow }) => workflow?.rules ?? []);
    const names = [...texts, ...jobs, ...rules].flatMap(({ variables = {} }) => Object.keys(variables));

    expect(names).toContain("MQTT_PKI_TASK");
    expect(ambiguous(names)).toEqual([]);
  });

  it("GitLab pipelines synthesize the head in a separate job", () => {
    const { head } = parse(readFileSync(join(GITLAB, ".gitlab-ci.yml"), "utf8")) as { head: GitLabJob };

    expect(head.script).toEqual(["npm ci --ignore-scripts", "npx --no cdktf synth", "mv cdktf.out head"]);
    expect(jobs.filter(({ script = [] }) => script.join("\n").split("cdktf synth").length > 2)).toEqual([]);
  });

  it("GitLab pipelines give the token for notes only to the job that writes them", () => {
    const writing = jobs.filter(({ script = [] }) => script.join("\n").includes("MQTT_PKI_REVIEW_TOKEN"));

    expect(writing.map(({ environment }) => environment)).toEqual([{ name: "review", action: "access" }]);
  });

  it.each([
    ["for a branch", { CI_COMMIT_SHA: COMMIT, CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: "" }],
    ["for a merged result", { CI_COMMIT_SHA: "f".repeat(40), CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: COMMIT }],
  ])("the gate on GitLab opens %s with the label for the newest commit, not with another label", (_, variables) => {
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
    ["a new note", [], ["--request POST --data-urlencode body@note.md notes"]],
    [
      "its own note, found by the first line",
      [
        { id: 1, author: { id: 8 }, body: "<!-- mqtt-pki review -->" },
        { id: 2, author: { id: 7 }, body: "something else" },
        { id: 3, author: { id: 7 }, body: "<!-- mqtt-pki review -->\nold" },
      ],
      ["--request PUT --data-urlencode body@note.md notes/3"],
    ],
  ])("GitLab pipelines write the reviews into a note: %s", (_, notes, expected) => {
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

  it("GitLab pipelines store only synthesized text, rules, reviews and metrics", () => {
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

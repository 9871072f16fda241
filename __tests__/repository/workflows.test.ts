import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { findZizmor } from "../../scripts/zizmor";
import { audit, isPinned, problemsOf, usesIn } from "../support/workflows";

const REPOSITORY = join(__dirname, "../..");
const FOLDER = join(REPOSITORY, ".github/workflows");

interface Job {
  readonly "timeout-minutes": number;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps: readonly { readonly uses?: string; readonly run?: string }[];
}

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const TEXTS = Object.fromEntries(
  readdirSync(FOLDER).map((name) => [name, readFileSync(join(FOLDER, name), "utf8")] as const),
);
const WORKFLOWS = Object.fromEntries(
  Object.entries(TEXTS).map(([name, text]) => [name, parse(text) as Workflow] as const),
);
const JOBS = Object.values(WORKFLOWS).flatMap(({ jobs }) => Object.entries(jobs));

/** The actions of the workflows that this project offers its users. */
const OFFERED = readdirSync(join(REPOSITORY, "docs/workflows/github")).flatMap((name) =>
  usesIn(readFileSync(join(REPOSITORY, "docs/workflows/github", name), "utf8")).map((line) => line.trim()),
);

const zizmor = findZizmor();
const itWithZizmor = zizmor === undefined && process.env["CI"] !== "true" ? it.skip : it;

describe("the workflows of this repository", () => {
  it.each(Object.keys(TEXTS))("actionlint finds nothing wrong in .github/workflows/%s", async (name) => {
    expect(await problemsOf(TEXTS[name] ?? "")).toEqual([]);
  });

  itWithZizmor("zizmor finds nothing unsafe in .github/workflows, and finds an action without its commit", () => {
    const folder = mkdtempSync(join(tmpdir(), "zizmor-"));
    try {
      cpSync(FOLDER, join(folder, ".github/workflows"), { recursive: true });
      const found = audit(zizmor, folder);
      const unpinned = (TEXTS["ci.yml"] ?? "").replace(/actions\/checkout@.*/, "actions/checkout@v7");
      writeFileSync(join(folder, ".github/workflows/ci.yml"), unpinned);

      expect(found).toMatchObject({ status: 0, stdout: expect.stringContaining("No findings to report") as string });
      expect(audit(zizmor, folder).stdout).toContain("unpinned-uses");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("every action in .github/workflows is pinned by its commit", () => {
    const lines = Object.values(TEXTS).flatMap(usesIn);

    expect(lines.length).toBeGreaterThan(0);
    expect(lines.filter((line) => !isPinned(line))).toEqual([]);
  });

  it("an action that docs/workflows uses too has the same commit in .github/workflows", () => {
    const nameOf = (line: string): string => line.split("@")[0] ?? "";
    const lines = Object.values(TEXTS).flatMap((text) => usesIn(text).map((line) => line.trim()));
    const others = lines.filter(
      (line) => OFFERED.some((offered) => nameOf(offered) === nameOf(line)) && !OFFERED.includes(line),
    );

    expect(others).toEqual([]);
  });

  it("jobs in .github/workflows may only read, except the job that publishes and the job that tags", () => {
    expect(Object.values(WORKFLOWS).map(({ permissions }) => permissions)).toEqual(
      Object.values(WORKFLOWS).map(() => ({ contents: "read" })),
    );
    expect(JOBS.flatMap(([name, { permissions }]) => (permissions === undefined ? [] : [[name, permissions]]))).toEqual(
      [
        ["publish", { "id-token": "write" }],
        ["tag", { contents: "write" }],
      ],
    );
  });

  it("a job that may write checks out no code and runs no script of this repository", () => {
    const scripts = JOBS.filter(([, { permissions }]) => permissions !== undefined).flatMap(([, { steps }]) => steps);

    expect(scripts.filter(({ uses }) => uses?.startsWith("actions/checkout@"))).toEqual([]);
    expect(scripts.flatMap(({ run }) => run?.match(/^\S+ \S+/) ?? [])).toEqual(["npm publish", "gh release"]);
    expect(JSON.stringify(scripts)).toContain("npm publish --provenance --access public --ignore-scripts");
  });

  it("no workflow in .github/workflows uses a secret", () => {
    expect(Object.values(TEXTS).filter((text) => text.includes("secrets."))).toEqual([]);
  });

  it("both workflows in .github/workflows run .ci/run, with Terraform and OpenTofu", () => {
    const running = JOBS.filter(([, { steps }]) => steps.some(({ run }) => run === ".ci/run"));

    expect(running.map(([name]) => name)).toEqual(["test", "verify"]);
    for (const [, { steps }] of running) {
      expect(steps.filter(({ uses }) => /^(hashicorp|opentofu)\/setup-/.test(uses ?? ""))).toHaveLength(2);
    }
  });

  it("every job in .github/workflows has a time limit", () => {
    expect(JOBS.filter(([, job]) => !(job["timeout-minutes"] <= 120))).toEqual([]);
  });
});

describe("the issue forms of this repository", () => {
  const forms = ["bug.yml", "feature.yml"].map((name) => {
    const text = readFileSync(join(REPOSITORY, ".github/ISSUE_TEMPLATE", name), "utf8");
    return [name, parse(text) as { body: { type: string; id?: string; attributes: { value?: string } }[] }] as const;
  });

  it.each(forms)("%s asks for no keys first, and gives each question its own id", (_name, { body }) => {
    const [first, ...questions] = body;
    const ids = questions.map(({ id }) => id);

    expect(first?.attributes.value).toContain("**Paste no private key, password, state or saved plan");
    expect(ids).not.toContain(undefined);
    expect(new Set(ids).size).toBe(ids.length);
    expect(
      body.map(({ type }) => type).filter((type) => !/^(markdown|textarea|dropdown|checkboxes)$/.test(type)),
    ).toEqual([]);
  });
});

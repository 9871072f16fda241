import { Ajv } from "ajv";
import { toGitlab } from "../../../../lib/cli/findings/formats/gitlab";
import type { Findings } from "../../../../lib/cli/findings/finding";
import { FINE, findingsOf, HOSTILE_CASES, hostile, many, REMOVED, WAIVED } from "../support";

/** What GitLab asks of a report (https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format). */
const isReport = new Ajv().compile({
  type: "array",
  items: {
    type: "object",
    required: ["description", "check_name", "fingerprint", "severity", "location"],
    properties: {
      description: { type: "string", minLength: 1 },
      check_name: { type: "string", minLength: 1 },
      fingerprint: { type: "string", pattern: "^[0-9a-f]{64}$" },
      severity: { enum: ["info", "minor", "major", "critical", "blocker"] },
      location: {
        type: "object",
        required: ["path", "lines"],
        properties: {
          // No ./ in front.
          path: { type: "string", minLength: 1, pattern: "^(?!/|\\./)" },
          lines: { type: "object", required: ["begin"], properties: { begin: { type: "integer", minimum: 1 } } },
        },
      },
    },
  },
});

function reportOf(findings: Findings): unknown {
  return JSON.parse(toGitlab(findings));
}

describe("toGitlab", () => {
  it("toGitlab writes each finding above level none with its place", () => {
    expect(reportOf(findingsOf(FINE, WAIVED, { ...REMOVED, declared: undefined }))).toEqual([
      {
        description: "mqtt-1.example.com: removed: it stays valid",
        check_name: "review/removed",
        fingerprint: expect.any(String) as string,
        severity: "critical",
        location: { path: "main.ts", lines: { begin: 1 } },
      },
      {
        description: "31 change at once; waived until 2027-05-31 by ops: agreed",
        check_name: "rules/small-steps",
        fingerprint: expect.any(String) as string,
        severity: "info",
        location: { path: "mqtt-pki.yaml", lines: { begin: 7 } },
      },
    ]);
  });

  it.each(HOSTILE_CASES)("toGitlab matches GitLab's schema with a hostile text: %s", (_, text) => {
    isReport(reportOf(findingsOf(hostile(text), REMOVED, WAIVED, FINE)));

    expect(isReport.errors).toBeNull();
  });

  it("toGitlab writes a unique fingerprint for each of 10,000 brokers, and for equal findings", () => {
    const report = reportOf(findingsOf(...many(10_000), REMOVED, REMOVED)) as readonly { fingerprint: string }[];

    expect(new Set(report.map(({ fingerprint }) => fingerprint)).size).toBe(10_002);
  });

  it("toGitlab writes an empty report without findings", () => {
    expect(reportOf(findingsOf(FINE))).toEqual([]);
  });
});

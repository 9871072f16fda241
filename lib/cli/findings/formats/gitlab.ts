import { jsonText } from "../../../errors";
import { type Findings, type Level, textOf } from "../finding";
import { fingerprintsOf } from "../fingerprint";

const SEVERITIES: Readonly<Record<Exclude<Level, "none">, string>> = {
  error: "critical",
  warning: "major",
  note: "minor",
};

/** Writes a code quality report of GitLab (https://docs.gitlab.com/ci/testing/code_quality/), the most severe findings first. */
export function toGitlab({ all, fallback }: Findings): string {
  const fingerprints = fingerprintsOf(all);
  const issues = all.flatMap((finding, index) => {
    const { id, level, declared, rule, waiver } = finding;
    if (level === "none") {
      return [];
    }
    const { file, line } = declared ?? rule ?? fallback;
    return [
      {
        description: textOf(finding),
        check_name: id,
        fingerprint: fingerprints[index],
        severity: waiver === undefined ? SEVERITIES[level] : "info",
        location: { path: file, lines: { begin: line } },
      },
    ];
  });
  return `${jsonText(issues, 2)}\n`;
}

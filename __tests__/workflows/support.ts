import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const WORKFLOWS = join(__dirname, "../../docs/workflows");

export type Variables = Readonly<Record<string, string>>;

/** Variables that other programs must read. */
const FOR_OTHERS = ["CHECKPOINT_DISABLE", "TF_IN_AUTOMATION", "GH_TOKEN", "GIT_DEPTH", "GIT_STRATEGY"];

/** Names of variables that another program may also read, and follow. */
export function ambiguous(names: readonly string[]): string[] {
  return names.filter((name) => !name.startsWith("MQTT_PKI_") && !FOR_OTHERS.includes(name));
}

/** The commit of a pull request, as GitHub and GitLab pass it. */
export const COMMIT = "0123456789abcdef0123456789abcdef01234567";
export const LABEL = "certificates-accepted-0123456789ab";

/**
 * Runs a script as a job does, in a folder where `npx` prints its arguments and a text of a plan, and finds grave changes. With
 * `BROKEN` set to 1, it also finds a broken rule.
 */
export function runGate(
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

/**
 * Checks the shell scripts with shellcheck: the machine's own, or else Debian's, of which nothing is installed.
 *
 *     node --import tsx scripts/shellcheck.ts
 */
import { spawnSync } from "node:child_process";
import { debianProgram } from "./debian-program";
import { repositoryFiles } from "./repository-files";

function main(): number {
  const scripts = [...repositoryFiles(/^lib\/.*\.sh$/), ".ci/run"];
  const shellcheck = findShellcheck();
  if (shellcheck === undefined) {
    console.error(`NOT CHECKED: ${scripts.join(", ")}: shellcheck is not installed, and apt-get cannot get it`);
    return process.env["CI"] === "true" ? 1 : 0;
  }
  return spawnSync(shellcheck.program, scripts, { env: shellcheck.env, stdio: "inherit" }).status ?? 1;
}

function findShellcheck(): { program: string; env: NodeJS.ProcessEnv } | undefined {
  if (spawnSync("shellcheck", ["--version"]).status === 0) {
    return { program: "shellcheck", env: process.env };
  }
  try {
    const { program, libraryPath } = debianProgram("shellcheck", "usr/bin/shellcheck");
    return { program, env: { ...process.env, LD_LIBRARY_PATH: libraryPath } };
  } catch {
    return undefined;
  }
}

process.exitCode = main();

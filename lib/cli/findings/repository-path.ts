import { isAbsolute, relative, resolve, sep } from "node:path";
import type { Io } from "../io";

/** Where CI systems say that the repository is: GitHub Actions, GitLab. */
const VARIABLES = ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"];

/**
 * A file's path as CI systems know it: from the repository's directory, or else from the one where the command is run, with `/`
 * between its parts.
 *
 * @param file as its user named it
 */
export function repositoryPath({ env, directory }: Pick<Io, "env" | "directory">, file: string): string {
  const roots = VARIABLES.flatMap((name) => env[name] ?? []).filter(
    (root) => isAbsolute(root) && isIn(root, directory),
  );
  return slashed(relative(roots[0] ?? directory, resolve(directory, file)));
}

function isIn(root: string, directory: string): boolean {
  const path = slashed(relative(root, directory));
  return path !== ".." && !path.startsWith("../") && !/^\w:/.test(path);
}

function slashed(path: string): string {
  return path.split(sep).join("/");
}

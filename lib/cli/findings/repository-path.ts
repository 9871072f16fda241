import { isAbsolute, relative, resolve, sep } from "node:path";
import type { Io } from "../io";

/** The variables in which GitHub Actions and GitLab give the path of the repository. */
const VARIABLES = ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"];

/**
 * A file's path as CI systems know it: relative to the repository, or else to the current directory, with `/` between its parts.
 *
 * @param file the path as the user named it
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

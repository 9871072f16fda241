/** The path from a stack's folder, `cdktf.out/stacks/NAME`, to the project. */
const UP = "../../../";

/**
 * A path relative to the project: `pki/ca.pem`. The engine runs in a stack's folder, and uses `../../../pki/ca.pem`. Any other
 * path stays unchanged.
 */
export function projectPath(path: string): string {
  return path.startsWith(UP) && path !== UP ? path.slice(UP.length) : path;
}

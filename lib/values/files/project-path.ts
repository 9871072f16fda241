/** From a folder of a stack, `cdktf.out/stacks/NAME`, to the project. */
const UP = "../../../";

/**
 * A path as the user of a project knows it: `pki/ca.pem`. The engine runs in a stack's folder, and calls that `../../../pki/ca.pem`.
 * Any other path is as it is.
 */
export function projectPath(path: string): string {
  return path.startsWith(UP) && path !== UP ? path.slice(UP.length) : path;
}

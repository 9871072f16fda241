import { isAbsolute, relative, resolve, sep } from "node:path";
import type { IConstruct } from "constructs";
import { App, Manifest, TerraformStack } from "../cdk";

/**
 * Converts a path from the directory where cdktf runs to the stack's folder, where the engine runs.
 *
 * Relative paths stay relative, so that the synthesized text is the same on every machine.
 */
export function relativeToStackFolder(scope: IConstruct, path: string): string {
  if (isAbsolute(path)) {
    return path;
  }
  const stackFolder = resolve(App.of(scope).outdir, Manifest.stacksFolder, TerraformStack.of(scope).node.id);
  return relative(stackFolder, resolve(path)).split(sep).join("/");
}

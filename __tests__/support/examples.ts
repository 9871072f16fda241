import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { ModuleKind, transpile } from "typescript";

const REPOSITORY = join(__dirname, "../..");

/** A page of docs/. */
export function page(name: string): string {
  return readFileSync(join(REPOSITORY, "docs", name), "utf8");
}

/**
 * Runs the last TypeScript block of a page.
 *
 * @param modules its imports, except those of Node and packages
 * @returns its exports
 */
export function runExample(text: string, modules: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const [example = ""] = Array.from(text.matchAll(/^```ts\n([^]*?)^```$/gm), ([, code = ""]) => code).toReversed();
  const exported: Record<string, unknown> = {};
  const load = createRequire(__filename);
  const require = (name: string): unknown => modules[name] ?? load(name);
  // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call -- it is the page's own
  new Function("require", "exports", transpile(example, { module: ModuleKind.CommonJS }))(require, exported);
  return exported;
}

import { readdirSync } from "node:fs";
import { join, relative } from "node:path";

const REPOSITORY = join(__dirname, "..");

/** Folders that others wrote, or a command did. */
const NOT_OURS = ["node_modules", "dist", "cdktf.out", ".git", ".terraform"];

/** The files of the repository whose paths end like that, sorted. Works without git, as in an archive. */
export function repositoryFiles(ending: RegExp): string[] {
  return below(REPOSITORY)
    .map((path) => relative(REPOSITORY, path).replaceAll("\\", "/"))
    .filter((path) => ending.test(path))
    .sort();
}

function below(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      return NOT_OURS.includes(entry.name) ? [] : below(path);
    }
    return entry.isFile() ? [path] : [];
  });
}

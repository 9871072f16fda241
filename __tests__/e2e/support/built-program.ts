import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { succeed } from "./run";

const REPOSITORY = join(__dirname, "../../..");
const { bin } = JSON.parse(readFileSync(join(REPOSITORY, "package.json"), "utf8")) as { bin: { "mqtt-pki": string } };

/** `mqtt-pki` as in the package, built in a temporary folder and run there. */
export class BuiltProgram {
  public readonly folder = mkdtempSync(join(tmpdir(), "mqtt-pki-"));
  public readonly file = join(this.folder, bin["mqtt-pki"]);

  /** Not into "dist", which the test of the package builds at the same time. */
  public async build(): Promise<void> {
    const out = join(this.folder, "dist/cdktf");
    await succeed("npx", ["tsc", "-p", "tsconfig.build.json", "--noCheck", "--outDir", out], { cwd: REPOSITORY });
    cpSync(join(REPOSITORY, "lib/cli/page/bundle"), join(out, "cli/page/bundle"), { recursive: true });
    cpSync(join(REPOSITORY, "package.json"), join(this.folder, "package.json"));
    symlinkSync(join(REPOSITORY, "node_modules"), join(this.folder, "node_modules"));
  }

  public run(parameters: readonly string[], input = "", env: NodeJS.ProcessEnv = {}): SpawnSyncReturns<string> {
    return spawnSync(process.execPath, [this.file, ...parameters], {
      cwd: this.folder,
      encoding: "utf8",
      input,
      env: { ...process.env, ...env },
    });
  }

  public remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

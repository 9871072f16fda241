import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { inNewDirectory } from "../support/synth";

const REPOSITORY = join(__dirname, "../..");

/** The path of the golden report. */
export const API_REPORT = "__tests__/golden/api.md";

/** Every public signature of the package, as API Extractor reports it. */
export function apiReport(): string {
  return inNewDirectory((projectFolder) => {
    symlinkSync(join(REPOSITORY, "node_modules"), "node_modules");
    copyFileSync(join(REPOSITORY, "package.json"), "package.json");
    mkdirSync("report");
    const tsconfig = join(REPOSITORY, "tsconfig.build.json");
    // "npm run build" checks the types.
    run(require.resolve("typescript/bin/tsc"), [
      "-p",
      tsconfig,
      "--noCheck",
      "--emitDeclarationOnly",
      "--outDir",
      "types",
    ]);
    const configuration = {
      projectFolder,
      mainEntryPointFilePath: "<projectFolder>/types/index.d.ts",
      compiler: { overrideTsconfig: { extends: tsconfig, include: ["types"] } },
      apiReport: {
        enabled: true,
        reportFileName: "api",
        reportFolder: "<projectFolder>/report",
        reportTempFolder: "<projectFolder>",
        includeForgottenExports: true,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      newlineKind: "lf",
      // These are about docstrings, and about types that the package does not export.
      messages: {
        extractorMessageReporting: { default: { logLevel: "none" } },
        tsdocMessageReporting: { default: { logLevel: "none" } },
      },
    };
    writeFileSync("api-extractor.json", JSON.stringify(configuration));
    run(join(dirname(require.resolve("@microsoft/api-extractor/package.json")), "bin/api-extractor"), [
      "run",
      "--local",
    ]);
    return readFileSync("report/api.api.md", "utf8");
  });
}

function run(program: string, args: readonly string[]): void {
  execFileSync(process.execPath, [program, ...args], { stdio: "pipe" });
}

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type DebianProgram, debianProgram } from "./debian-program";

const CACHE = join(__dirname, "../node_modules/.cache/cdktf-mqtt-pki/sparticuz-chromium");

/**
 * A headless Chromium: from the npm package `@sparticuz/chromium`, which is only for 64-bit Linux on Intel, or Debian's.
 *
 * @throws if neither is available, or runs
 */
export function chromium(): DebianProgram {
  const own = { program: join(CACHE, "chromium"), libraryPath: join(CACHE, "al2023/lib") };
  if (!existsSync(own.program)) {
    unpack();
  }
  for (const found of [{ ...own, libraryPath: "" }, own]) {
    if (canRun(found)) {
      return found;
    }
  }
  const debian = debianChromium();
  execFileSync(debian.program, ["--version"], { env: environmentOf(debian), stdio: "pipe" });
  return debian;
}

/** One of its libraries has a part in a separate folder. */
function debianChromium(): DebianProgram {
  const { program, libraryPath } = debianProgram("chromium-headless-shell", "usr/lib/chromium/chromium-headless-shell");
  const folders = libraryPath.split(":").flatMap((folder) => [folder, join(folder, "pulseaudio")]);
  return { program, libraryPath: folders.join(":") };
}

/** What it needs in its environment. */
export function environmentOf({ libraryPath }: Pick<DebianProgram, "libraryPath">): NodeJS.ProcessEnv {
  return { ...process.env, ...(libraryPath !== "" && { LD_LIBRARY_PATH: libraryPath }) };
}

/** The package unpacks itself into the folder for temporary files, and its libraries for one kind of machine alone. */
function unpack(): void {
  mkdirSync(CACHE, { recursive: true });
  const from = JSON.stringify(require.resolve("@sparticuz/chromium"));
  execFileSync(process.execPath, ["--eval", `require(${from}).executablePath()`], {
    env: { ...process.env, TMPDIR: CACHE, AWS_LAMBDA_JS_RUNTIME: "nodejs20.x" },
    stdio: "pipe",
  });
}

function canRun(found: DebianProgram): boolean {
  try {
    execFileSync(found.program, ["--version"], { env: environmentOf(found), stdio: "pipe" });
    return true;
  } catch {
    return false;
  }
}

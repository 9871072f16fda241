import { spawnSync } from "node:child_process";
import { type Custody, CUSTODY_CONTEXT } from "../../lib/values/custody";
import { Failure } from "./failure";
import { readJson } from "./read-json";
import { OUTDIR, SynthesizedStack } from "./synthesized-stack";

/** The app's settings in cdktf.json. */
interface Settings {
  readonly app: string;
  readonly context?: object;
}

/**
 * Runs the app.
 *
 * @param custody the custody of fleets that declare none, neither in their props nor in the context of cdktf.json
 * @throws Failure with the app's error, where it refuses what is declared
 */
export function synthesize(custody: Custody | undefined): readonly SynthesizedStack[] {
  const { app, context } = readJson("cdktf.json") as Settings;
  const given = JSON.parse(process.env["CDKTF_CONTEXT_JSON"] ?? "{}") as object;
  const whole = { ...given, ...(custody !== undefined && { [CUSTODY_CONTEXT]: custody }), ...context };
  const { status, stderr } = spawnSync(app, {
    shell: true,
    env: { ...process.env, CDKTF_OUTDIR: OUTDIR, CDKTF_CONTEXT_JSON: JSON.stringify(whole) },
    stdio: ["ignore", "inherit", "pipe"],
    encoding: "utf8",
  });
  if (status !== 0) {
    throw new Failure(withoutInnerFrames(stderr));
  }
  process.stderr.write(stderr);
  return SynthesizedStack.all();
}

/** A stack trace with only the frames of the app's own code. */
function withoutInnerFrames(text: string): string {
  const lines = text.split("\n").filter((line) => !/^\s+at .*(node:|node_modules)|^Node\.js v/.test(line));
  return lines.join("\n").trim();
}

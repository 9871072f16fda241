import type { Io } from "../../io";
import type { Findings } from "../finding";
import { toGithub } from "./github";
import { toGitlab } from "./gitlab";
import { toJunit } from "./junit";
import { toSarif } from "./sarif";

/** The formats for CI systems, by name. */
export const FINDINGS_FORMATS = { sarif: toSarif, junit: toJunit, github: toGithub, gitlab: toGitlab } as const;

export type FindingsFormat = keyof typeof FINDINGS_FORMATS;

export function isFindingsFormat(format: string): format is FindingsFormat {
  return Object.hasOwn(FINDINGS_FORMATS, format);
}

/** Writes findings. Only the `github` format may contain commands to the CI system. */
export function writeFindings(io: Io, format: FindingsFormat, findings: Findings): void {
  const text = FINDINGS_FORMATS[format](findings);
  if (format === "github") {
    io.writeCommands(text);
  } else {
    io.write(text);
  }
}

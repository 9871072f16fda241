import { logLine } from "../../errors";
import type { Io } from "../io";
import { isFailure, type Violation } from "./violation";

/** Says what breaks rules, and that there is something to stop for where that is so. */
export function reportViolations(io: Io, violations: readonly Violation[]): void {
  for (const violation of violations) {
    io.warn(logLine(lineOf(violation)));
  }
  if (violations.some(isFailure)) {
    io.reportFindings();
  }
}

/** `fail small-steps (mqtt-pki.yaml:7:5): 31 change at once, and at most 20 may: …` */
export function lineOf(violation: Violation): string {
  return `${headOf(violation)}: ${violation.message.toString()}${waiverIn(violation)}`;
}

function headOf({ level, rule, place, address, waiver }: Violation): string {
  const effect = waiver !== null && !waiver.isOver ? "waived" : level;
  return `${effect} ${rule} (${place})${address === null ? "" : `: ${address}`}`;
}

function waiverIn({ waiver }: Violation): string {
  if (waiver === null) {
    return "";
  }
  const { owner, reason, until, isOver } = waiver;
  return isOver ? `; the waiver of ${owner} ended on ${until}` : `; waived until ${until} by ${owner}: ${reason}`;
}

import { logLine } from "../../errors";
import type { Io } from "../io";
import { listOf } from "../review/sentence";
import { decimal } from "../show/numbers";
import { type AlikeViolations, alikeViolations } from "./alike-violations";
import { isFailure, type Violation } from "./violation";

/** Says what breaks rules, and that there is something to stop for where that is so. */
export function reportViolations(io: Io, violations: readonly Violation[]): void {
  for (const alike of alikeViolations(violations)) {
    io.warn(logLine(lineOf(alike)));
  }
  if (violations.some(isFailure)) {
    io.reportFindings();
  }
}

/**
 * `fail small-steps (mqtt-pki.yaml:7:5): 31 change at once, and at most 20 may: …`, and of several certificates
 * `fail short-lived (mqtt-pki.yaml:9:5): each of 31 certificates is valid for 825 days, …: mqtt-1.example.com, …`
 */
export function lineOf(alike: AlikeViolations): string {
  return `${headOf(alike)}: ${foundIn(alike)}${waiverIn(alike)}`;
}

function headOf({ level, rule, place, waiver }: AlikeViolations): string {
  const effect = waiver !== null && !waiver.isOver ? "waived" : level;
  return `${effect} ${rule} (${place})`;
}

function foundIn({ addresses, message }: AlikeViolations): string {
  const [only, ...others] = addresses;
  if (others.length > 0) {
    return `each of ${decimal(addresses.length)} certificates ${message.toString()}: ${listOf(addresses, String)}`;
  }
  return `${only === undefined ? "" : `${only}: `}${message.toString()}`;
}

function waiverIn({ waiver }: AlikeViolations): string {
  if (waiver === null) {
    return "";
  }
  const { owner, reason, until, isOver } = waiver;
  return isOver ? `; the waiver of ${owner} ended on ${until}` : `; waived until ${until} by ${owner}: ${reason}`;
}

import { logLine } from "../../errors";
import type { Io } from "../io";
import { LISTED_AT_MOST, listOf } from "../review/sentence";
import { decimal } from "../show/numbers";
import { type AlikeViolations, alikeViolations } from "./alike-violations";
import { isFailure, type Violation } from "./violation";

/** Warns about each violation, and reports findings if one fails. */
export function reportViolations(io: Io, violations: readonly Violation[]): void {
  for (const alike of alikeViolations(violations)) {
    io.warn(logLine(lineOf(alike)));
  }
  if (violations.some(isFailure)) {
    io.reportFindings();
  }
}

/**
 * `fail small-steps (mqtt-pki.yaml:7:5): 31 certificates change at once; the limit is 20: …`, and of several certificates
 * `fail short-lived (mqtt-pki.yaml:9:5): each of 31 certificates is valid for 825 days, …: mqtt-1.example.com, …`
 *
 * @param most the number of names that a line lists; further ones are counted
 */
export function lineOf(alike: AlikeViolations, most = LISTED_AT_MOST): string {
  return `${headOf(alike)}: ${foundIn(alike, most)}${waiverIn(alike)}`;
}

function headOf({ level, rule, place, waiver }: AlikeViolations): string {
  const effect = waiver !== null && !waiver.isOver ? "waived" : level;
  return `${effect} ${rule} (${place})`;
}

function foundIn({ addresses, message }: AlikeViolations, most: number): string {
  const [only, ...others] = addresses;
  const found = message.write(String, most);
  if (others.length > 0) {
    // The message may list these names already.
    const names = message.tells(addresses) ? "" : `: ${listOf(addresses, String, most)}`;
    return `each of ${decimal(addresses.length)} certificates ${found}${names}`;
  }
  return `${only === undefined ? "" : `${only}: `}${found}`;
}

function waiverIn({ waiver }: AlikeViolations): string {
  if (waiver === null) {
    return "";
  }
  const { owner, reason, until, isOver } = waiver;
  return isOver ? `; the waiver of ${owner} expired on ${until}` : `; waived until ${until} by ${owner}: ${reason}`;
}

import { placeIn } from "../declared/file-place";
import type { Rules } from "../rules/rule";
import { isFailure, type Violation } from "../rules/violation";
import type { Finding } from "./finding";

/** The violations of rules, and the rules without a violation. */
export function findingsOfRules({ file, rules }: Rules, violations: readonly Violation[]): Finding[] {
  const broken = new Set(violations.map(({ rule }) => rule));
  const kept = rules
    .filter(({ name }) => !broken.has(name))
    .map(({ name, position }): Finding => ({
      ...{ id: idOf(name), level: "none", address: null, location: null, message: "no violation" },
      rule: { file, ...position },
    }));
  return [...violations.map(findingOf), ...kept];
}

/** The id of a rule's findings. */
export function idOf(rule: string): string {
  return `rules/${rule}`;
}

function findingOf(violation: Violation): Finding {
  const { rule, address, location, message, place, declared, waiver } = violation;
  const isWaived = waiver !== null && !waiver.isOver;
  const over = waiver?.isOver === true ? `; the waiver of ${waiver.owner} expired on ${waiver.until}` : "";
  return {
    id: idOf(rule),
    level: isFailure(violation) ? "error" : isWaived ? "note" : "warning",
    address,
    location,
    message: `${message.toString()}${over}`,
    declared: declared === null ? undefined : placeIn(declared),
    rule: placeIn(place),
    ...(isWaived && { waiver: `waived until ${waiver.until} by ${waiver.owner}: ${waiver.reason}` }),
  };
}

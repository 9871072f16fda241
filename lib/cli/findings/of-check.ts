import type { Check, CheckedBroker } from "../check/checked-broker";
import { BAD_KINDS, GOOD_KINDS, type Kind } from "../check/kinds";
import type { Declarations } from "../declared/declarations";
import type { Finding, Level } from "./finding";
import { findingsOfUnreadable } from "./of-unreadable";

/** Kinds for which it is unknown whether something is wrong. */
const UNSURE: readonly Kind[] = ["unknown", "skipped"];

/**
 * The findings of a check, without violations of rules.
 *
 * @param failOn the values of `--fail-on`: kinds, and `any`
 */
export function findingsOfCheck(
  { brokers, unreadable }: Check,
  failOn: readonly string[],
  declarations: Declarations,
): Finding[] {
  const stopping = BAD_KINDS.filter((kind) => failOn.includes(kind) || failOn.includes("any"));
  return [
    ...findingsOfUnreadable("check", unreadable, failOn.length > 0),
    ...brokers.map((broker) => findingOfBroker(broker, stopping, declarations)),
  ];
}

/** The finding has the kind that `--fail-on` names, or else the worst kind. */
function findingOfBroker(broker: CheckedBroker, stopping: readonly Kind[], declarations: Declarations): Finding {
  const { address, source, dialled, kinds, reasons, served } = broker;
  const found = kinds.find((kind) => stopping.includes(kind));
  return {
    id: `check/${found ?? kinds[0] ?? ""}`,
    level: found === undefined ? levelOf(kinds) : "error",
    address,
    location: dialled === null ? source : `${dialled.host}:${dialled.port}`,
    message: [kinds.join(", "), ...(reasons.length > 0 ? [reasons.join("; ")] : [])].join(": "),
    declared: declarations.placeOf([address, ...(served?.names ?? [])]),
  };
}

function levelOf(kinds: readonly Kind[]): Level {
  const bad = kinds.filter((kind) => !GOOD_KINDS.includes(kind));
  return bad.length === 0 ? "none" : bad.every((kind) => UNSURE.includes(kind)) ? "note" : "warning";
}

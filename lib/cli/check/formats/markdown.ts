import { GROUPS } from "../../show/groups";
import { markdownPage } from "../../show/markdown-page";
import { code, headOf, rowOf } from "../../show/markdown-text";
import { decimal } from "../../show/numbers";
import type { Check, CheckedBroker } from "../checked-broker";
import { GOOD_KINDS } from "../kinds";
import { groupsIn, summaryOf } from "./summary";
import { dialled } from "./table";

/** Markdown for a page or a comment: the counts by group, and the brokers that need attention, by group. */
export function toMarkdown(check: Check): string {
  const groups = groupsIn(check.brokers.filter(({ kinds }) => !kinds.every((kind) => GOOD_KINDS.includes(kind))));
  return markdownPage("What brokers serve", check, [
    [summaryOf(check)],
    ...groups.flatMap(({ group, brokers }) => [[`## ${GROUPS[group]}: ${decimal(brokers.length)}`], tableOf(brokers)]),
  ]);
}

function tableOf(brokers: readonly CheckedBroker[]): string[] {
  const head = ["Address", "Dialled", "Found", "Why", "Served", "until", "Days", "Declared", "until", "In"];
  return [...headOf(head), ...brokers.map((broker) => rowOf(cells(broker)))];
}

function cells(broker: CheckedBroker): string[] {
  const { address, kinds, reasons, served, declared, daysLeft, source } = broker;
  return [
    code(address),
    code(dialled(broker)),
    kinds.map((kind) => `**${kind}**`).join(" "),
    reasons.map(code).join(" "),
    code(served?.serialNumber ?? ""),
    served?.notAfter.slice(0, 10) ?? "",
    String(daysLeft ?? ""),
    code(declared?.serialNumber ?? ""),
    code(declared?.notAfter.slice(0, 10) ?? ""),
    code(source),
  ];
}

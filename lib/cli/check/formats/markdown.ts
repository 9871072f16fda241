import { code, headOf, rowOf } from "../../show/markdown-text";
import { countsOf, numberOf } from "../../show/numbers";
import type { Check, CheckedBroker } from "../checked-broker";
import { GOOD_KINDS } from "../kinds";
import { dialled } from "./table";

/** For a page or a comment: those that someone has to look at, and how many are well. */
export function toMarkdown({ time, counts, brokers, unreadable }: Check): string {
  const stragglers = brokers.filter(({ kinds }) => !kinds.every((kind) => GOOD_KINDS.includes(kind)));
  const all = numberOf(brokers.length, "broker");
  return [
    `# What brokers serve on ${time.slice(0, 10)}`,
    "",
    `${all}: ${countsOf(counts)}.`,
    "",
    ...(stragglers.length === 0 ? [] : [...tableOf(stragglers), ""]),
    ...unreadable.map(({ source, location, reason }) => `- ${code(`${source}: ${location}`)} ${reason}`),
    "",
  ].join("\n");
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

import { type Column, DAYS, tableOf } from "../../show/table";
import type { Check, CheckedBroker } from "../checked-broker";
import { GOOD_KINDS } from "../kinds";
import { summaryOf } from "./summary";

const SOURCE: Column<CheckedBroker> = { head: "SOURCE", text: ({ source }) => source };

const COLUMNS: readonly Column<CheckedBroker>[] = [
  { head: "ADDRESS", text: ({ address }) => address },
  { head: "DIALLED", text: dialled },
  { head: "UNTIL", text: ({ served }) => served?.notAfter.slice(0, 10) ?? "" },
  DAYS,
  { head: "TLS", text: ({ protocol }) => protocol?.replace(/^TLSv/, "") ?? "" },
  { head: "SERIAL", text: ({ served }) => served?.serialNumber ?? "" },
  {
    head: "FOUND",
    text: ({ kinds, reasons }) => kinds.join(", ") + (reasons.length === 0 ? "" : `: ${reasons.join("; ")}`),
    color: ({ kinds }, { green, red, yellow }) =>
      kinds.every((kind) => GOOD_KINDS.includes(kind))
        ? green
        : kinds.every((kind) => kind === "ending" || kind === "unknown" || kind === "skipped")
          ? yellow
          : red,
  },
];

/** A table for a person: the main facts of each broker in aligned columns, and the counts by group as the last line. */
export function toTable(check: Check, isColored: boolean): string {
  const { brokers } = check;
  const columns = new Set(brokers.map(({ source }) => source)).size > 1 ? [SOURCE, ...COLUMNS] : COLUMNS;
  return `${tableOf(columns, brokers, isColored)}\n${summaryOf(check)}\n`;
}

/** `192.0.2.1:8883` */
export function dialled({ dialled }: CheckedBroker): string {
  if (dialled === null) {
    return "";
  }
  return `${dialled.host.includes(":") ? `[${dialled.host}]` : dialled.host}:${dialled.port}`;
}

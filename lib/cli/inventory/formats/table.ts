import { type Column, DAYS, tableOf } from "../../show/table";
import type { Entry, Inventory } from "../entry";
import { summaryOf } from "./summary";

const SOURCE: Column<Entry> = { head: "SOURCE", text: ({ source }) => source };

const COLUMNS: readonly Column<Entry>[] = [
  {
    head: "ADDRESS",
    text: ({ kind, address, generation }) =>
      kind === "authority" ? withNote(address, generation ?? "authority") : address,
  },
  {
    head: "UNTIL",
    text: ({ notAfter, estimated }) =>
      notAfter === null ? "unknown" : `${estimated ? "about " : ""}${notAfter.slice(0, 10)}`,
  },
  DAYS,
  {
    head: "ACCEPTED",
    text: ({ accepted, reasons }) =>
      accepted === true ? "yes" : `${accepted === false ? "no" : "unknown"}: ${reasons.join("; ")}`,
    color: ({ accepted }, { green, red, yellow }) => (accepted === null ? yellow : accepted ? green : red),
  },
  {
    head: "ISSUER",
    text: ({ issuer }) =>
      issuer === null ? "" : withNote(issuer.commonName, issuer.verified ? issuer.generation : "unverified"),
  },
  { head: "KEY", text: ({ keyType }) => keyType ?? "" },
  { head: "SERIAL", text: ({ serialNumber }) => serialNumber ?? "" },
];

/** A table for a person: the main facts of each certificate in aligned columns, and the counts by group as the last line. */
export function toTable(inventory: Inventory, isColored: boolean): string {
  const { certificates } = inventory;
  const columns = new Set(certificates.map(({ source }) => source)).size > 1 ? [SOURCE, ...COLUMNS] : COLUMNS;
  return `${tableOf(columns, certificates, isColored)}\n${summaryOf(inventory)}\n`;
}

/** `Plant CA (2)` */
function withNote(name: string, note: number | string | null): string {
  return note === null ? name : `${name} (${note})`;
}

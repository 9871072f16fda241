import Table, { type TableConstructorOptions } from "cli-table3";
import { createColors } from "picocolors";
import stringWidth from "string-width";
import type { Entry, Inventory } from "../entry";

type Color = (text: string) => string;
type Colors = ReturnType<typeof createColors>;

interface Column {
  readonly head: string;
  readonly text: (entry: Entry) => string;
  readonly color?: (entry: Entry, colors: Colors) => Color;
  readonly isNumber?: true;
}

/** Days under which an end is near: clients and people need time to act. */
const NEAR = 30;

const SOURCE: Column = { head: "SOURCE", text: ({ source }) => source };

const COLUMNS: readonly Column[] = [
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
  {
    head: "DAYS",
    text: ({ daysLeft }) => String(daysLeft ?? ""),
    color: ({ daysLeft }, { red, yellow }) =>
      daysLeft === null || daysLeft >= NEAR ? String : daysLeft < 0 ? red : yellow,
    isNumber: true,
  },
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

/** cli-table3 takes four times as long for twice the rows: so it gets as many at a time. */
const ROWS_AT_ONCE = 100;

/** Columns, and nothing drawn between them. */
const BARE: TableConstructorOptions = {
  chars: {
    top: "",
    "top-left": "",
    "top-mid": "",
    "top-right": "",
    left: "",
    "left-mid": "",
    mid: "",
    "mid-mid": "",
    middle: "  ",
    right: "",
    "right-mid": "",
    bottom: "",
    "bottom-left": "",
    "bottom-mid": "",
    "bottom-right": "",
  },
  style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
};

/** For a person: what matters most of each, in aligned columns. */
export function toTable({ certificates }: Inventory, isColored: boolean): string {
  const colors = createColors(isColored);
  const columns = new Set(certificates.map(({ source }) => source)).size > 1 ? [SOURCE, ...COLUMNS] : COLUMNS;
  const rows = [
    columns.map(({ head }) => head),
    ...certificates.map((entry) =>
      columns.map(({ text, color }) => (color === undefined ? text(entry) : color(entry, colors)(text(entry)))),
    ),
  ];
  const layout = {
    ...BARE,
    colWidths: columns.map((_, column) =>
      rows.reduce((widest, row) => Math.max(widest, stringWidth(row[column] ?? "")), 0),
    ),
    colAligns: columns.map(({ isNumber }) => (isNumber === true ? ("right" as const) : ("left" as const))),
  };
  const parts = Array.from({ length: Math.ceil(rows.length / ROWS_AT_ONCE) }, (_, part) => {
    const table = new Table(layout);
    table.push(...rows.slice(part * ROWS_AT_ONCE, (part + 1) * ROWS_AT_ONCE));
    return table.toString();
  });
  return parts
    .flatMap((part) => part.split("\n"))
    .map((row) => `${row.trimEnd()}\n`)
    .join("");
}

/** `Plant CA (2)` */
function withNote(name: string, note: number | string | null): string {
  return note === null ? name : `${name} (${note})`;
}

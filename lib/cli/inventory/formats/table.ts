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

/** For a person: what matters most of each, in aligned columns. */
export function toTable({ certificates }: Inventory, isColored: boolean): string {
  const colors = createColors(isColored);
  const columns = new Set(certificates.map(({ source }) => source)).size > 1 ? [SOURCE, ...COLUMNS] : COLUMNS;
  const aligned = columns.map(({ head, text, color, isNumber }) => {
    const texts = [head, ...certificates.map(text)];
    const widths = texts.map((one) => stringWidth(one));
    const widest = widths.reduce((one, other) => Math.max(one, other), 0);
    return texts.map((one, row) => {
      const padding = " ".repeat(widest - (widths[row] ?? 0));
      const entry = certificates[row - 1];
      const colored = entry === undefined || color === undefined ? one : color(entry, colors)(one);
      return isNumber === true ? padding + colored : colored + padding;
    });
  });
  const rows = ["", ...certificates].map((_, row) => aligned.map((cells) => cells[row] ?? "").join("  "));
  return rows.map((row) => `${row.trimEnd()}\n`).join("");
}

/** `Plant CA (2)` */
function withNote(name: string, note: number | string | null): string {
  return note === null ? name : `${name} (${note})`;
}

import type { Declarations } from "../declared/declarations";
import { endOf, endsWithin } from "../inventory/ending";
import type { Entry, Inventory } from "../inventory/entry";
import type { Finding } from "./finding";
import { findingsOfUnreadable } from "./of-unreadable";

/**
 * The findings of an inventory, without violations of rules.
 *
 * @param expiresWithin the value of `--expires-within`, in hours
 */
export function findingsOfInventory(
  { certificates, unreadable }: Inventory,
  expiresWithin: number | undefined,
  now: Date,
  declarations: Declarations,
): Finding[] {
  const isEnding = (entry: Entry): boolean => expiresWithin !== undefined && endsWithin(entry, expiresWithin, now);
  return [
    ...findingsOfUnreadable("inventory", unreadable, expiresWithin !== undefined),
    ...certificates.map((entry) => ({
      ...judgementOf(entry, isEnding(entry)),
      address: entry.address,
      location: entry.location,
      declared: declarations.placeOf([entry.address, ...entry.names]),
    })),
  ];
}

function judgementOf(entry: Entry, isEnding: boolean): Pick<Finding, "id" | "level" | "message"> {
  const { accepted, reasons } = entry;
  const why = reasons.join("; ");
  if (isEnding) {
    return { id: "inventory/ending", level: "error", message: [endOf(entry), ...reasons].join("; ") };
  }
  switch (accepted) {
    case false:
      return { id: "inventory/refused", level: "warning", message: `clients refuse it: ${why}` };
    case null:
      return { id: "inventory/doubtful", level: "note", message: `it is unknown whether clients accept it: ${why}` };
    case true:
      return { id: "inventory/accepted", level: "none", message: "clients accept it" };
  }
}

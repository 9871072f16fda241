import { groupOf } from "../formats/groups";
import type { Inventory } from "../entry";
import type { InventoryData } from "./row";

/** Key digests are left out: JSON and CSV have them. */
export function inventoryDataOf({ certificates }: Inventory): InventoryData {
  return {
    page: "inventory",
    rows: certificates.map((entry) => ({
      source: entry.source,
      location: entry.location,
      kind: entry.kind,
      address: entry.address,
      names: entry.names,
      serialNumber: entry.serialNumber,
      fingerprint: entry.fingerprint,
      keyType: entry.keyType,
      generation: entry.generation,
      issuer: entry.issuer,
      notBefore: entry.notBefore,
      notAfter: entry.notAfter,
      renewsAt: entry.renewsAt,
      estimated: entry.estimated,
      daysLeft: entry.daysLeft,
      accepted: entry.accepted,
      reasons: entry.reasons,
      group: groupOf(entry),
    })),
  };
}

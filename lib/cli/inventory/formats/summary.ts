import { countGroups } from "../../show/groups";
import { groupCountsOf, numberOf } from "../../show/numbers";
import type { Inventory } from "../entry";
import { groupOf } from "./groups";

/** `101 certificates. Danger: 1. Brokers must act: 3. Nothing to do: 97.` */
export function summaryOf({ certificates }: Inventory): string {
  const groups = groupCountsOf(countGroups(certificates.map(groupOf)));
  return `${numberOf(certificates.length, "certificate")}.${groups === "" ? "" : ` ${groups}`}`;
}

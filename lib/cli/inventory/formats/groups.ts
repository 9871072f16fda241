import type { Group } from "../../show/groups";
import { isNear } from "../../show/near-end";
import type { Entry } from "../entry";

/**
 * What a certificate asks of those who run the fleet: one that clients refuse is a danger, whoever has one that ends soon has to get
 * another, and whether clients accept one of which nothing is certain hangs on them. What was recorded at a deployment is not doubted.
 */
export function groupOf({ kind, accepted, estimated, daysLeft }: Entry): Group {
  if (accepted === false) {
    return "danger";
  }
  if (isNear(daysLeft)) {
    return kind === "broker" ? "broker" : "clients";
  }
  return accepted === null && !estimated ? "clients" : "nothing";
}

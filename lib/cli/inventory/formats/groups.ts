import type { Group } from "../../show/groups";
import { isNear } from "../../show/near-end";
import type { Entry } from "../entry";

/**
 * The group of a certificate: who must act. A certificate that clients refuse is a danger. If one expires soon, its holder needs
 * a new one. If it depends on the client whether a certificate is accepted, clients must act. A record of a deployment is not
 * doubted.
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

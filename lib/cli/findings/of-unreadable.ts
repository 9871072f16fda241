import type { Unreadable } from "../inventory/entry";
import type { Finding } from "./finding";

/**
 * The certificates that cannot be read. At least one finding, so that no report is empty.
 *
 * @param isStopping whether the exit status is 1 because of them
 */
export function findingsOfUnreadable(
  command: "inventory" | "check",
  unreadable: readonly Unreadable[],
  isStopping: boolean,
): Finding[] {
  const id = `${command}/unreadable`;
  return unreadable.length === 0
    ? [{ id, level: "none", address: null, location: null, message: "every certificate can be read" }]
    : unreadable.map(({ source, location, reason }) => ({
        id,
        level: isStopping ? "error" : "warning",
        address: location,
        location: `${source}: ${location}`,
        message: reason,
      }));
}

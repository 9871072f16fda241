import type { ResourceChange } from "../../terraform/resource-change";

const REASONS: ReadonlyMap<string, string> = new Map([
  ["replace_by_request", "it was asked for (-replace)"],
  ["replace_because_tainted", "the last deployment of it failed"],
  ["replace_by_triggers", "something changes that triggers its replacement (replace_triggered_by)"],
]);

/** Why an engine does what it does, where that is not to be seen from what changes. */
export function reasonOf({ reason }: Pick<ResourceChange, "reason">): string | undefined {
  return REASONS.get(reason);
}

import type { ResourceChange } from "../../terraform/resource-change";

const REASONS: ReadonlyMap<string, string> = new Map([
  ["replace_by_request", "its replacement was requested (-replace)"],
  ["replace_because_tainted", "its last deployment failed"],
  ["replace_by_triggers", "another change triggers its replacement (replace_triggered_by)"],
]);

/** The engine's reason for an action, if the change itself does not show it. */
export function reasonOf({ reason }: Pick<ResourceChange, "reason">): string | undefined {
  return REASONS.get(reason);
}

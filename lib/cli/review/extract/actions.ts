import type { ResourceChange } from "../../terraform/resource-change";

/** An engine's action on an instance of a resource. An action that this version does not know is `unknown`, never `no-op`. */
export type Action = "no-op" | "read" | "create" | "update" | "replace" | "delete" | "forget" | "unknown";

const KNOWN: readonly string[] = ["no-op", "read", "create", "update", "delete", "forget"];

/** Sums up a change's actions. A deletion and a creation in any order are a replacement, and so are `forget` and `create`. */
export function actionOf({ actions }: Pick<ResourceChange, "actions">): Action {
  if (actions.length === 0 || !actions.every((action) => KNOWN.includes(action))) {
    return "unknown";
  }
  if (actions.includes("create")) {
    return actions.length > 1 ? "replace" : "create";
  }
  const [action = "unknown"] = ["delete", "forget", "update", "read", "no-op"].filter((each) => actions.includes(each));
  return action as Action;
}

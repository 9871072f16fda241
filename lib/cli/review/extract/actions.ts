import type { ResourceChange } from "../../terraform/resource-change";

/** What an engine does with an instance of a resource. An action that is not known here is `unknown`, and never `no-op`. */
export type Action = "no-op" | "read" | "create" | "update" | "replace" | "delete" | "forget" | "unknown";

const KNOWN: readonly string[] = ["no-op", "read", "create", "update", "delete", "forget"];

/** By what is among its actions: what is deleted and created in any order, and what is created beside one that is left, is replaced. */
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

import { ALL_GROUPS, type Group } from "../show/groups";
import type { Kind } from "./kinds";

/** The group of each kind, if no warning makes it a danger. */
export const GROUP_OF_KIND: Readonly<Record<Kind, Group>> = {
  "authority-replaced": "danger",
  "authority-removed": "danger",
  removed: "danger",
  "re-keyed": "broker",
  moved: "danger",
  undetermined: "danger",
  "addresses-changed": "broker",
  "subject-changed": "broker",
  "usage-changed": "broker",
  "re-issued": "broker",
  "authority-created": "clients",
  "authority-added": "clients",
  "authority-renewed": "nothing",
  "intermediate-renewed": "nothing",
  renewed: "broker",
  issued: "broker",
  "files-changed": "broker",
  "schedule-changed": "nothing",
  forgotten: "danger",
  renamed: "nothing",
  drifted: "nothing",
};

/** The group of a change: the most urgent group of its kinds, or `danger` if it has a warning. No authority is in `broker`. */
export function groupOf(kinds: readonly Kind[], isAuthority: boolean, hasWarnings: boolean): Group {
  const groups = kinds.map((kind) => GROUP_OF_KIND[kind]);
  const asked: readonly Group[] = hasWarnings
    ? ["danger"]
    : isAuthority
      ? groups.filter((group) => group !== "broker")
      : groups;
  return ALL_GROUPS.find((group) => asked.includes(group)) ?? "nothing";
}

import { ALL_GROUPS, type Group } from "../show/groups";
import type { Kind } from "./kinds";

/** The group of each kind: who must act. */
export const GROUP_OF_KIND: Readonly<Record<Kind, Group>> = {
  unreachable: "danger",
  "no-tls": "danger",
  "no-mqtt": "danger",
  refused: "danger",
  stale: "broker",
  unknown: "clients",
  ending: "broker",
  skipped: "broker",
  accepted: "nothing",
  current: "nothing",
};

/** The group of a broker: the most urgent group of its kinds. */
export function groupOf({ kinds }: { readonly kinds: readonly Kind[] }): Group {
  const asked = kinds.map((kind) => GROUP_OF_KIND[kind]);
  return ALL_GROUPS.find((group) => asked.includes(group)) ?? "nothing";
}

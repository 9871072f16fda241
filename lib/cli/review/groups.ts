import type { Kind } from "./kinds";

/** What a change asks of the people who run the fleet, the most urgent first: as the formats of a review group it. */
export const GROUPS = {
  danger: "Danger",
  broker: "The broker has to act",
  clients: "Clients have to act",
  nothing: "Nothing to do",
} as const;

export type Group = keyof typeof GROUPS;

export const ALL_GROUPS = Object.keys(GROUPS) as Group[];

/** What each kind asks where no warning says more. */
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

/** The group of a change: the most urgent of its kinds', and `danger` where there is a warning. An authority has no broker. */
export function groupOf(kinds: readonly Kind[], isAuthority: boolean, hasWarnings: boolean): Group {
  const groups = kinds.map((kind) => GROUP_OF_KIND[kind]);
  const asked: readonly Group[] = hasWarnings
    ? ["danger"]
    : isAuthority
      ? groups.filter((group) => group !== "broker")
      : groups;
  return ALL_GROUPS.find((group) => asked.includes(group)) ?? "nothing";
}

/** What a certificate or a broker asks of the people who run the fleet, the most urgent first: as all reports group it. */
export const GROUPS = {
  danger: "Danger",
  broker: "The broker has to act",
  clients: "Clients have to act",
  nothing: "Nothing to do",
} as const;

export type Group = keyof typeof GROUPS;

export const ALL_GROUPS = Object.keys(GROUPS) as Group[];

/** How many there are of each group, the most urgent first; a group of which there is none is left out. */
export type GroupCounts = Readonly<Partial<Record<Group, number>>>;

export function countGroups(groups: readonly Group[]): GroupCounts {
  const counts = ALL_GROUPS.map((group) => [group, groups.filter((each) => each === group).length] as const);
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

/** By {@link ALL_GROUPS}, for a sort. */
export function compareGroups(one: Group, other: Group): number {
  return ALL_GROUPS.indexOf(one) - ALL_GROUPS.indexOf(other);
}

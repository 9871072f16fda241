/** The groups of all reports: what a certificate or a broker needs from the people who run the fleet, the most urgent first. */
export const GROUPS = {
  danger: "Danger",
  broker: "Brokers must act",
  clients: "Clients must act",
  nothing: "Nothing to do",
} as const;

export type Group = keyof typeof GROUPS;

export const ALL_GROUPS = Object.keys(GROUPS) as Group[];

/** The number of certificates or brokers in each group, the most urgent first. Empty groups are left out. */
export type GroupCounts = Readonly<Partial<Record<Group, number>>>;

export function countGroups(groups: readonly Group[]): GroupCounts {
  const counts = ALL_GROUPS.map((group) => [group, groups.filter((each) => each === group).length] as const);
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

/** Compares two groups for a sort, in the order of {@link ALL_GROUPS}. */
export function compareGroups(one: Group, other: Group): number {
  return ALL_GROUPS.indexOf(one) - ALL_GROUPS.indexOf(other);
}

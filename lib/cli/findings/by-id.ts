import type { Finding } from "./finding";

/** The findings of one rule or kind: at least one. */
export type Alike = readonly [Finding, ...Finding[]];

/** Groups findings by rule or kind, in the order of their first occurrence. */
export function byId(findings: readonly Finding[]): ReadonlyMap<string, Alike> {
  const groups = new Map<string, [Finding, ...Finding[]]>();
  for (const finding of findings) {
    const group = groups.get(finding.id);
    if (group === undefined) {
      groups.set(finding.id, [finding]);
    } else {
      group.push(finding);
    }
  }
  return groups;
}

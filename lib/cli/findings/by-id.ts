import type { Finding } from "./finding";

/** Of one rule or kind: one at least. */
export type Alike = readonly [Finding, ...Finding[]];

/** Findings by their rules and kinds, in the order in which these come. */
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

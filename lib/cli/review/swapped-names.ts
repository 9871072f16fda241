import { type CertificateSide, titleOf } from "./certificate-change";
import { type Facts, isChanged } from "./extract/facts";
import { comparedSigners } from "./moves";
import { isSameSet } from "./names";

/**
 * Reports changes by broker instead of by resource if certificates take each other's names. This happens in a list with `count`
 * whose first element is removed: each later resource then gets the name of its neighbour, and the broker gets another key.
 */
export function resolveSwaps(changes: readonly Facts[]): Facts[] {
  const owners = byName(changes, "before");
  const heirs = byName(changes, "after");
  const tangled = new Set<Facts>();
  for (const [name, heir] of heirs) {
    const owner = owners.get(name);
    if (owner !== undefined && owner !== heir && heir.before !== undefined) {
      tangled.add(owner).add(heir);
    }
  }
  const names = new Set([...tangled].flatMap(({ before, after }) => [nameOf(before), nameOf(after)]));
  const told = [...names].flatMap((name) => tell(owners.get(name ?? ""), heirs.get(name ?? "")) ?? []);
  return [...changes.filter((one) => !tangled.has(one)), ...told];
}

/** @returns undefined if neither has the name */
function tell(owner: Facts | undefined, heir: Facts | undefined): Facts | undefined {
  if (heir === undefined || owner === heir) {
    return owner && { ...owner, ...(owner !== heir && withoutHeir(owner)) };
  }
  const { after } = heir;
  const before = owner?.before;
  const shared = {
    ...heir,
    title: titleOf(false, after, heir.address),
    isDue: false,
    files: [...heir.files, ...(owner?.after === undefined ? (owner?.files ?? []) : [])],
    notes: [
      ...heir.notes,
      `it belonged to ${nameOf(heir.before) ?? "another name"}, and keeps that key`,
      ...(owner === undefined ? [] : [`${nameOf(after) ?? "this name"} was at ${owner.address}`]),
    ],
  };
  if (before === undefined) {
    return { ...shared, fate: "made", authority: "same" };
  }
  const authority = comparedSigners(before, after);
  return {
    ...shared,
    fate: "remade",
    differences: {
      names: !isSameSet(before.names, after?.names),
      subject: before.subject !== after?.subject,
      usage: false,
    },
    isReissued: authority !== "same",
    key: "new",
    authority,
    before,
  };
}

/** The owner's name no longer has a certificate. */
function withoutHeir({ before, after, address, files }: Facts): Partial<Facts> {
  return {
    title: titleOf(false, before, address),
    fate: "removed",
    key: "same",
    authority: "same",
    files: after === undefined ? files : [],
    notes: after === undefined ? [] : [`${address} then belongs to ${nameOf(after) ?? "another name"}`],
  };
}

/** The certificates of brokers by their first name, without names that several certificates share. */
function byName(changes: readonly Facts[], side: "before" | "after"): Map<string, Facts> {
  const known = new Map<string, Facts | undefined>();
  for (const change of changes) {
    const name = nameOf(change[side]);
    if (name !== undefined && !change.isAuthority && isChanged(change)) {
      known.set(name, known.has(name) ? undefined : change);
    }
  }
  return new Map([...known].flatMap(([name, change]) => (change === undefined ? [] : [[name, change] as const])));
}

function nameOf(side: CertificateSide | undefined): string | undefined {
  return side?.names?.[0];
}

import { type CertificateSide, titleOf } from "./certificate-change";
import { type Facts, isChanged } from "./extract/facts";
import { comparedSigners } from "./moves";
import { isSameSet } from "./names";

/**
 * Tells of brokers, and not of resources, where certificates take each other's names: as in a list with `count`, of which the
 * first goes, so that each further one is signed for its neighbour. Such a broker gets another's key.
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

/** @returns undefined where neither has the name */
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
      `it was for ${nameOf(heir.before) ?? "another name"}, whose key it keeps`,
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

/** Its name has no certificate any more. */
function withoutHeir({ before, after, address, files }: Facts): Partial<Facts> {
  return {
    title: titleOf(false, before, address),
    fate: "removed",
    key: "same",
    authority: "same",
    files: after === undefined ? files : [],
    notes: after === undefined ? [] : [`${address} is for ${nameOf(after) ?? "another name"} from then on`],
  };
}

/** The certificates of brokers by the first of their names; not those of a name that several have. */
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

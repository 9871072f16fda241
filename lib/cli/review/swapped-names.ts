import { isSameSet } from "./certificate-changes";
import type { CertificateChange, CertificateSide } from "./certificate-change";
import { inOrder } from "./kinds";
import { authorityOf } from "./moves";

/**
 * Tells of brokers, and not of resources, where certificates take each other's names: as in a list with `count`, of which the
 * first goes, so that each further one is signed for its neighbour. Such a broker gets another's key.
 */
export function untangle(changes: readonly CertificateChange[]): CertificateChange[] {
  const owners = byName(changes, "before");
  const heirs = byName(changes, "after");
  const tangled = new Set<CertificateChange>();
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
function tell(
  owner: CertificateChange | undefined,
  heir: CertificateChange | undefined,
): CertificateChange | undefined {
  if (heir === undefined || owner === heir) {
    return owner && { ...owner, ...(owner !== heir && withoutHeir(owner)) };
  }
  const { after } = heir;
  const before = owner?.before;
  const authority = before === undefined ? "same" : authorityOf(before, after);
  const isOther = (one: unknown, other: unknown): boolean => before !== undefined && one !== other;
  return {
    ...heir,
    title: nameOf(after) ?? heir.title,
    kinds: inOrder([
      ...(before === undefined ? (["issued"] as const) : (["re-keyed"] as const)),
      ...(before !== undefined && !isSameSet(before.names, after?.names) ? (["addresses-changed"] as const) : []),
      ...(isOther(before?.subject, after?.subject) ? (["subject-changed"] as const) : []),
      ...(authority === "same" ? [] : (["re-issued"] as const)),
    ]),
    key: before === undefined ? heir.key : "new",
    authority,
    ...(before && { before }),
    files: [...heir.files, ...(owner?.after === undefined ? (owner?.files ?? []) : [])],
    notes: [
      ...heir.notes,
      `it was for ${nameOf(heir.before) ?? "another name"}, whose key it keeps`,
      ...(owner === undefined ? [] : [`${nameOf(after) ?? "this name"} was at ${owner.address}`]),
    ],
  };
}

/** Its name has no certificate any more. */
function withoutHeir({ before, after, address, files }: CertificateChange): Partial<CertificateChange> {
  return {
    title: nameOf(before) ?? address,
    kinds: ["removed"],
    key: "same",
    authority: "same",
    files: after === undefined ? files : [],
    notes: after === undefined ? [] : [`${address} is for ${nameOf(after) ?? "another name"} from then on`],
  };
}

/** The certificates of brokers by the first of their names; not those of a name that several have. */
function byName(changes: readonly CertificateChange[], side: "before" | "after"): Map<string, CertificateChange> {
  const known = new Map<string, CertificateChange | undefined>();
  for (const change of changes) {
    const name = nameOf(change[side]);
    if (name !== undefined && !change.isAuthority && change.kinds.length > 0) {
      known.set(name, known.has(name) ? undefined : change);
    }
  }
  return new Map([...known].flatMap(([name, change]) => (change === undefined ? [] : [[name, change] as const])));
}

function nameOf(side: CertificateSide | undefined): string | undefined {
  return side?.names?.[0];
}

import type { CertificateChange, CertificateSide } from "./certificate-change";
import type { Facts } from "./extract/facts";
import { isSameSet } from "./names";

/**
 * Joins a certificate that is removed in one place and issued in another for the same names: a broker moves to another stack or
 * another resource. If its state moves too, no plan shows a change.
 */
export function joinMoves(all: readonly Facts[]): Facts[] {
  const removed = new Map(
    all.filter(({ fate, isAuthority }) => fate === "removed" && !isAuthority).map((one) => [identityOf(one), one]),
  );
  const joined = new Set<Facts>();
  const moved = all.map((one): Facts => {
    const from = one.fate === "made" && !one.isAuthority ? removed.get(identityOf(one)) : undefined;
    if (from === undefined) {
      return one;
    }
    joined.add(from);
    return join(from, one);
  });
  return moved.filter((one) => !joined.has(one));
}

function join(from: Facts, one: Facts): Facts {
  const { before } = from;
  const found = comparedSigners(before, one.after);
  const authority = found === "unknown" && one.source === from.source ? one.authority : found;
  return {
    ...one,
    fate: "remade",
    differences: {
      names: false,
      subject: isOther(before?.subject, one.after?.subject),
      usage: before?.uses !== undefined && one.after?.uses !== undefined && !isSameSet(before.uses, one.after.uses),
    },
    authority,
    isReissued: authority === "other",
    ...(before && { before }),
    movedFrom: { source: from.source, address: from.address },
    files: [...from.files, ...one.files],
    notes: [...from.notes, ...one.notes],
  };
}

function isOther(before: string | undefined, after: string | undefined): boolean {
  return before !== undefined && after !== undefined && before !== after;
}

/** Compares fingerprints: each stack may have its own authority of the same name. */
export function comparedSigners(
  before: CertificateSide | undefined,
  after: CertificateSide | undefined,
): CertificateChange["authority"] {
  const [old, next] = [before?.issuerFingerprint, after?.issuerFingerprint];
  return old === undefined || next === undefined ? "unknown" : old === next ? "same" : "other";
}

/** The names in a fixed order. A certificate without names equals no other. */
function identityOf({ before, after, source, address }: Facts): string {
  const names = (after ?? before)?.names ?? [];
  return names.length === 0 ? [source, address].join("\0") : [...names].sort().join("\0");
}

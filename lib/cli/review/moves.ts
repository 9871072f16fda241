import type { CertificateChange, CertificateSide } from "./certificate-change";

/**
 * Joins what is removed in one place and issued in another for the same names: a broker that goes from one stack to another,
 * or from one resource. Where its state is moved along, no plan has it.
 */
export function joinMoves(changes: readonly CertificateChange[]): CertificateChange[] {
  const removed = new Map(
    changes.filter(({ kinds, isAuthority }) => kinds[0] === "removed" && !isAuthority).map((one) => [keyOf(one), one]),
  );
  const joined = new Set<CertificateChange>();
  const moved = changes.map((one): CertificateChange => {
    const from = one.kinds[0] === "issued" ? removed.get(keyOf(one)) : undefined;
    if (from === undefined) {
      return one;
    }
    joined.add(from);
    return {
      ...one,
      kinds: ["moved"],
      authority: one.source === from.source ? one.authority : authorityOf(from.before, one.after),
      ...(from.before && { before: from.before }),
      movedFrom: { source: from.source, address: from.address },
      files: [...from.files, ...one.files],
      notes: [...from.notes, ...one.notes],
    };
  });
  return moved.filter((one) => !joined.has(one));
}

/** Each stack may have an authority of its own, of the same name. */
export function authorityOf(
  before: CertificateSide | undefined,
  after: CertificateSide | undefined,
): CertificateChange["authority"] {
  const [old, next] = [before?.issuerFingerprint, after?.issuerFingerprint];
  return old === undefined || next === undefined ? "unknown" : old === next ? "same" : "other";
}

/** Its names, in whatever order: without one, a certificate is like no other. */
function keyOf({ before, after, source, address }: CertificateChange): string {
  const names = (after ?? before)?.names ?? [];
  return names.length === 0 ? [source, address].join("\0") : [...names].sort().join("\0");
}

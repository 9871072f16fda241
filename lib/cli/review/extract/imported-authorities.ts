import { ReadCertificate } from "../../read/certificate";
import type { Plan } from "../../terraform/plan";
import { UNKNOWN } from "../../terraform/planned-values";
import { type CertificateSide, titleOf } from "../certificate-change";
import { type Facts, NO_DIFFERENCE, type Standing } from "./facts";
import type { PlanIndex } from "./plan-index";
import type { TrustAnchors } from "./trust-anchors";

/**
 * The changes of imported authorities in a plan: authorities that sign, or that are in a text for clients, and that no
 * resource of the plan makes.
 */
export function importedAuthorities(plan: Plan, index: PlanIndex, trusted: TrustAnchors): Facts[] {
  return [...importedRoots(plan, index), ...importedIntermediates(plan, index, trusted)];
}

/** Intermediate authorities that sign instead of others, below the same trust anchor. */
function importedIntermediates(plan: Plan, { certificates }: PlanIndex, trusted: TrustAnchors): Facts[] {
  const own = new Set(certificates.flatMap(({ before, after }) => [before?.pem, after?.pem].map(trimmed)));
  const signers = new Map<string, readonly [before: string, after: string]>();
  for (const one of certificates) {
    const [before, after] = [trimmed(one.before?.issuerPem), trimmed(one.after?.issuerPem)];
    if (before !== undefined && after !== undefined && before !== after && !own.has(after)) {
      if (!signers.has(after) && trusted.isSameAbove(one)) {
        signers.set(after, [before, after]);
      }
    }
  }
  return [...signers.values()].flatMap((pems) => {
    const [before, after] = pems.map((pem) => readAll(pem)[0]);
    return after === undefined || isTrustAnchor(after) ? [] : [toFacts(plan, "below", before, after)];
  });
}

function trimmed(pem: unknown): string | undefined {
  return typeof pem === "string" ? pem.trim() : undefined;
}

function importedRoots(plan: Plan, index: PlanIndex): Facts[] {
  const { certificates, texts } = index;
  const own = certificates
    .flatMap(({ before, after }) => [before, after])
    .filter((side) => side !== undefined)
    .flatMap(({ pem, isAuthority }) => (typeof pem === "string" ? [{ pem: pem.trim(), isAuthority }] : []));
  const ownTexts = new Set(own.map(({ pem }) => pem));
  // Certificates of brokers are no trust anchors, and there are too many to read them all.
  const ownAuthorities = own.filter(({ isAuthority }) => isAuthority === true).flatMap(({ pem }) => readAll(pem));
  const ownFingerprints = new Set(ownAuthorities.map(fingerprintOf));
  const imported = (pems: Iterable<unknown>): Map<string, ReadCertificate> =>
    new Map(
      [...new Set(pems)]
        .filter((pem) => typeof pem === "string" && !ownTexts.has(pem.trim()))
        .flatMap(readAll)
        .filter((certificate) => isTrustAnchor(certificate) && !ownFingerprints.has(fingerprintOf(certificate)))
        .map((certificate) => [fingerprintOf(certificate), certificate]),
    );
  const trusted = imported(texts.map((text) => text.before));
  const before = new Map([...imported(certificates.map((one) => one.before?.issuerPem)), ...trusted]);
  const after = imported([...certificates.map((one) => one.after?.issuerPem), ...texts.map((text) => text.after)]);
  const added = without(after, before);
  // A text that is not known yet may still contain an authority.
  const isKnown = texts.every(({ after: text }) => text !== UNKNOWN);
  const removed = isKnown || added.length > 0 ? without(before, after) : [];
  const wasThere = before.size > 0 || certificates.some((one) => one.before?.isAuthority === true);

  const changes = added.map((certificate): Facts => {
    const renewed = removed.find((old) => isRenewal(old, certificate));
    const signsAtOnce = certificates.some((one) => contains(one.after?.issuerPem, certificate));
    const isReplacement = removed.length > 0 && signsAtOnce && !trusted.has(fingerprintOf(certificate));
    const old = renewed ?? (isReplacement ? removed[0] : undefined);
    const standing = renewed ? "same" : isReplacement ? "other" : wasThere ? "further" : "first";
    return toFacts(plan, standing, old, certificate);
  });
  const told = new Set(changes.map(({ before: old }) => old?.fingerprint));
  return [
    ...changes,
    ...removed.filter((old) => !told.has(fingerprintOf(old))).map((old) => toFacts(plan, undefined, old, undefined)),
  ];
}

/** @param standing undefined for an authority that is removed */
function toFacts(
  plan: Plan,
  standing: Standing | undefined,
  before: ReadCertificate | undefined,
  after: ReadCertificate | undefined,
): Facts {
  return {
    source: plan.source,
    address: "(imported)",
    title: titleOf(true, (after ?? before)?.facts, "(imported)"),
    isAuthority: standing !== "below",
    fate: after === undefined ? "removed" : before === undefined ? "made" : "remade",
    ...(standing && { standing }),
    differences: { ...NO_DIFFERENCE, subject: standing === "below" && before?.x509.subject !== after?.x509.subject },
    ...{ isDue: false, isReissued: false },
    key: before && after && !hasSameKey(before, after) ? "new" : "same",
    authority: "same",
    ...(before && { before: sideOf(before) }),
    ...(after && { after: sideOf(after) }),
    files: [],
    notes: ["it is an imported authority"],
  };
}

/** Whether it is a root. Intermediates are not trust anchors: clients have the root. */
function isTrustAnchor({ x509 }: ReadCertificate): boolean {
  return x509.ca && x509.checkIssued(x509);
}

function sideOf({ facts }: ReadCertificate): CertificateSide {
  const { names, subject, notBefore, notAfter, fingerprint, serialNumber, keyType, issuer } = facts;
  return { names, subject, notBefore, notAfter, fingerprint, serialNumber, keyType, issuer };
}

function readAll(pem: unknown): ReadCertificate[] {
  return typeof pem === "string" ? ReadCertificate.fromPem(pem) : [];
}

function fingerprintOf({ x509 }: ReadCertificate): string {
  return x509.fingerprint256;
}

function contains(pem: unknown, certificate: ReadCertificate): boolean {
  return readAll(pem).some((each) => fingerprintOf(each) === fingerprintOf(certificate));
}

function without(
  all: ReadonlyMap<string, ReadCertificate>,
  others: ReadonlyMap<string, ReadCertificate>,
): ReadCertificate[] {
  return [...all].filter(([fingerprint]) => !others.has(fingerprint)).map(([, certificate]) => certificate);
}

/** Clients that trust the old authority accept what the new one signs, because they compare name and key. */
function isRenewal(old: ReadCertificate, next: ReadCertificate): boolean {
  return old.x509.subject === next.x509.subject && hasSameKey(old, next);
}

function hasSameKey({ x509: one }: ReadCertificate, { x509: other }: ReadCertificate): boolean {
  return one.publicKey.equals(other.publicKey);
}

import { ReadCertificate } from "../../read/certificate";
import type { Plan } from "../../terraform/plan";
import { UNKNOWN } from "../../terraform/planned-values";
import { type CertificateSide, titleOf } from "../certificate-change";
import { type Facts, NO_DIFFERENCE, type Standing } from "./facts";
import type { Change, PlanIndex } from "./plan-index";

/**
 * What a plan tells of authorities that were made elsewhere: those that sign, or that are in a file for clients, and that no
 * resource of the plan makes.
 */
export function authoritiesMadeElsewhere(plan: Plan, index: PlanIndex): Facts[] {
  const { certificates, files } = index;
  const own = certificates
    .flatMap(({ before, after }) => [before, after])
    .filter((side) => side !== undefined)
    .flatMap(({ pem, isAuthority }) => (typeof pem === "string" ? [{ pem: pem.trim(), isAuthority }] : []));
  const ownTexts = new Set(own.map(({ pem }) => pem));
  // Those of brokers are no trust anchors, and there are too many to read them all.
  const ownAuthorities = own.filter(({ isAuthority }) => isAuthority === true).flatMap(({ pem }) => readAll(pem));
  const ownFingerprints = new Set(ownAuthorities.map(fingerprintOf));
  const foreign = (pems: Iterable<unknown>): Map<string, ReadCertificate> =>
    new Map(
      [...new Set(pems)]
        .filter((pem) => typeof pem === "string" && !ownTexts.has(pem.trim()))
        .flatMap(readAll)
        .filter((certificate) => isTrustAnchor(certificate) && !ownFingerprints.has(fingerprintOf(certificate)))
        .map((certificate) => [fingerprintOf(certificate), certificate]),
    );
  const trusted = foreign(texts(files, "before"));
  const before = new Map([...foreign(certificates.map((one) => one.before?.issuerPem)), ...trusted]);
  const after = foreign([...certificates.map((one) => one.after?.issuerPem), ...texts(files, "after")]);
  const added = without(after, before);
  // What is in a file that is not known yet may be there still.
  const isKnown = files.every((one) => one.after?.certificates !== UNKNOWN);
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

/** @param standing undefined of one that goes */
function toFacts(
  plan: Plan,
  standing: Standing | undefined,
  before: ReadCertificate | undefined,
  after: ReadCertificate | undefined,
): Facts {
  return {
    source: plan.source,
    address: "(made elsewhere)",
    title: titleOf(true, (after ?? before)?.facts, "(made elsewhere)"),
    isAuthority: true,
    fate: after === undefined ? "removed" : before === undefined ? "made" : "remade",
    ...(standing && { standing }),
    ...{ differences: NO_DIFFERENCE, isDue: false, isReissued: false },
    key: standing === "other" ? "new" : "same",
    authority: "same",
    ...(before && { before: sideOf(before) }),
    ...(after && { after: sideOf(after) }),
    files: [],
    notes: ["it was made elsewhere"],
  };
}

/** A root: an authority below one is no affair of clients, who have what is above it. */
function isTrustAnchor({ x509 }: ReadCertificate): boolean {
  return x509.ca && x509.checkIssued(x509);
}

function sideOf({ facts }: ReadCertificate): CertificateSide {
  const { names, subject, notBefore, notAfter, fingerprint, serialNumber, keyType, issuer } = facts;
  return { names, subject, notBefore, notAfter, fingerprint, serialNumber, keyType, issuer };
}

function texts(files: readonly Change<"file">[], side: "before" | "after"): unknown[] {
  return files.map((file) => file[side]?.certificates);
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

/** Clients that trust the old one take what the new one signs: they go by name and key. */
function isRenewal({ x509: old }: ReadCertificate, { x509: next }: ReadCertificate): boolean {
  return old.subject === next.subject && old.publicKey.equals(next.publicKey);
}

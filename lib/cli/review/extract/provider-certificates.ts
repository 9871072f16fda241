import { addHours, timestamp } from "../../../values/time";
import { type CertificateFacts, ReadCertificate } from "../../read/certificate";
import type { CertificateAttributes } from "../../terraform/attributes";
import type { Plan } from "../../terraform/plan";
import { type Planned, UNKNOWN } from "../../terraform/planned-values";
import type { ResourceChange } from "../../terraform/resource-change";
import { type CertificateChange, type CertificateSide, titleOf } from "../certificate-change";
import { isSameSet } from "../names";
import { type Action, actionOf } from "./actions";
import { type Differences, type Facts, type Fate, NO_DIFFERENCE, type Standing } from "./facts";
import { type Links, linksOf, partsOf } from "./links";
import type { Change, PlanIndex } from "./plan-index";
import { reasonOf } from "./reasons";
import type { TrustAnchors } from "./trust-anchors";

/** The change of a certificate, and the changes of other resources that are part of it. */
export interface ProviderCertificate {
  readonly change: ResourceChange;
  readonly facts: Facts;
  readonly parts: readonly ResourceChange[];
}

/**
 * Extracts the changes of certificates of the tls provider.
 *
 * @param inFiles the certificates and keys whose files change
 */
export function providerCertificates(
  plan: Plan,
  index: PlanIndex,
  trusted: TrustAnchors,
  inFiles: ReadonlySet<ResourceChange>,
  now: Date,
): ProviderCertificate[] {
  const anchors = index.certificates.filter(isTrustAnchor);
  const staying = anchors.filter(({ change }) => STAYING.includes(FATES[actionOf(change)]));
  const context: Context = {
    plan,
    index,
    signed: signedBy(index),
    inFiles,
    now,
    trusted,
    created: staying.length > 0 ? "further" : anchors.some(({ before }) => before !== undefined) ? "other" : "first",
  };
  return index.certificates.map((one) => extract(one, context));
}

/** Facts that concern all certificates of a plan. */
interface Context {
  readonly plan: Plan;
  readonly index: PlanIndex;
  readonly inFiles: ReadonlySet<ResourceChange>;
  readonly now: Date;
  readonly trusted: TrustAnchors;
  /** The number of certificates that each authority will have signed, by its trimmed PEM. */
  readonly signed: ReadonlyMap<string, number>;
  /** The standing of an authority that is new in this plan. */
  readonly created: Standing;
}

const FATES: Readonly<Record<Action, Fate>> = {
  "no-op": "kept",
  read: "kept",
  create: "made",
  update: "rescheduled",
  replace: "remade",
  delete: "removed",
  forget: "forgotten",
  unknown: "untold",
};

const STAYING: readonly Fate[] = ["kept", "rescheduled"];

function extract(one: Change<"certificate">, context: Context): ProviderCertificate {
  const { plan, index, inFiles, now } = context;
  const { change } = one;
  const fate = FATES[actionOf(change)];
  const isAuthority = isTrustAnchor(one);
  const links = linksOf(one, index);
  const parts = partsOf(one, links, index);
  const same: Facts = {
    ...{ source: plan.source, address: change.address, title: change.address, isAuthority, fate },
    ...{ differences: NO_DIFFERENCE, isDue: false, isReissued: false },
    ...{ files: [], notes: [] },
    key: "same",
    authority: "same",
  };
  const isInFiles = inFiles.has(change) || parts.some((part) => inFiles.has(part));
  // Most certificates of most plans stay the same. Reading them would take longer than everything else.
  if (fate === "kept" && change.previousAddress === undefined && !isInFiles) {
    return { change, facts: same, parts };
  }
  const before = sideBefore(one.before);
  const after = STAYING.includes(fate) ? before : sideAfter(one, before, links, plan.time ?? now, index);
  const differences = fate === "remade" ? differencesOf(one, links, before, after) : NO_DIFFERENCE;
  const key = fate === "remade" || fate === "made" ? links.key : "same";
  const authority = fate === "remade" ? signerOf(one) : "same";
  const trustAnchor = authority === "other" && context.trusted.isSameAbove(one) ? "same" : undefined;
  const isSame = key === "same" && !differences.subject;
  const standing = !isAuthority
    ? isRenewedBelow(one, fate, trustAnchor ?? authority) && "below"
    : fate === "made"
      ? context.created
      : isSame
        ? "same"
        : "other";
  return {
    change,
    facts: {
      ...same,
      title: titleOf(isAuthority, after ?? before, change.address),
      ...(standing && { standing }),
      differences,
      isDue: isDue(one),
      isReissued: authority !== "same",
      key,
      authority,
      ...(trustAnchor && { trustAnchor }),
      ...(before && { before }),
      ...(after && { after }),
      ...(change.previousAddress !== undefined && { renamedFrom: change.previousAddress }),
      notes: [
        ...notesOf(one, fate, key, before, after),
        ...(isAuthority ? notesOfRemoval(one, fate, context.signed) : []),
      ],
    },
    parts,
  };
}

function differencesOf(
  { before, after }: Change<"certificate">,
  links: Links,
  sideOld: CertificateSide | undefined,
  sideNew: CertificateSide | undefined,
): Differences {
  // Certificate signing requests have everything that was asked for; the provider leaves some of it out of a certificate.
  const [old, next] = [links.requestBefore?.before ?? before, links.requestAfter?.after ?? after];
  const [subjectOld, subjectNew] =
    before?.isSelfSigned === false && links.requestBefore === undefined ? [] : [old?.subject, next?.subject];
  return {
    names: sideNew?.names === undefined ? undefined : !isSameSet(sideOld?.names, sideNew.names),
    subject: typeof subjectOld === "string" && typeof subjectNew === "string" && subjectOld !== subjectNew,
    usage: before?.hours !== after?.hours || !isSameSet(listOf(before?.uses), listOf(after?.uses)),
  };
}

function listOf(value: Planned<readonly string[]>): readonly string[] | undefined {
  return typeof value === "object" ? value : undefined;
}

function signerOf({ before, after }: Change<"certificate">): CertificateChange["authority"] {
  if (before?.isSelfSigned === true) {
    return "same";
  }
  if (typeof before?.issuerPem !== "string" || after === undefined) {
    return "unknown";
  }
  return after.issuerPem !== UNKNOWN && after.issuerPem?.trim() === before.issuerPem.trim() ? "same" : "other";
}

/** Whether an intermediate authority gets another certificate below the same trust anchor. */
function isRenewedBelow(
  { before, after }: Change<"certificate">,
  fate: Fate,
  above: CertificateChange["authority"],
): boolean {
  return fate === "remade" && above === "same" && before?.isAuthority === true && after?.isAuthority === true;
}

/** Whether clients trust the certificate directly. */
function isTrustAnchor({ before, after }: Change<"certificate">): boolean {
  const { isSelfSigned, isAuthority } = after ?? before ?? {};
  return isSelfSigned === true && isAuthority === true;
}

function isDue({ change, before }: Change<"certificate">): boolean {
  return before?.isDue === true || change.replacePaths.includes("ready_for_renewal");
}

function sideBefore(attributes: CertificateAttributes | undefined): CertificateSide | undefined {
  if (attributes === undefined) {
    return undefined;
  }
  const facts = factsOf(attributes.pem);
  const issuer = factsOf(attributes.issuerPem);
  const uses = listOf(attributes.uses);
  return {
    ...(facts && {
      names: facts.names,
      subject: facts.subject,
      notBefore: facts.notBefore,
      notAfter: facts.notAfter,
      fingerprint: facts.fingerprint,
      ...(facts.pins && { keyPin: facts.pins.keyPin }),
      serialNumber: facts.serialNumber,
      keyType: facts.keyType,
      issuer: facts.issuer,
    }),
    ...(issuer && { issuerFingerprint: issuer.fingerprint }),
    ...(uses && { uses }),
  };
}

function sideAfter(
  { change, after }: Change<"certificate">,
  before: CertificateSide | undefined,
  links: Links,
  time: Date,
  index: PlanIndex,
): CertificateSide | undefined {
  if (after === undefined || !change.actions.includes("create")) {
    return undefined;
  }
  const asked = after.isSelfSigned ? after : links.requestAfter?.after;
  const names = listOf(asked?.names) ?? links.factsAfter?.names;
  const issuer = factsOf(after.issuerPem);
  const signer = issuer?.subject ?? (after.issuerPem === UNKNOWN ? index.signerSubjectOf(change) : undefined);
  const uses = listOf(after.uses);
  const keyBefore = links.key === "same" ? before : undefined;
  const keyType = keyBefore?.keyType ?? links.keyType;
  const keyPin = keyBefore?.keyPin;
  return {
    ...(names && { names }),
    ...(typeof asked?.subject === "string" && { subject: asked.subject }),
    ...validityOf(after, time),
    ...(keyType !== undefined && { keyType }),
    ...(keyPin !== undefined && { keyPin }),
    ...(signer !== undefined && { issuer: signer }),
    ...(issuer && { issuerFingerprint: issuer.fingerprint }),
    ...(uses && { uses }),
  };
}

/** Empty if the expiry date is later than a date can represent. */
function validityOf(
  { hours }: CertificateAttributes,
  time: Date,
): Pick<CertificateSide, "notBefore" | "notAfter" | "isEstimated"> {
  const end = typeof hours === "number" ? addHours(time, hours) : undefined;
  return end === undefined || Number.isNaN(end.getTime())
    ? {}
    : { notBefore: timestamp(time), notAfter: timestamp(end), isEstimated: true };
}

function factsOf(pem: Planned<string>): CertificateFacts | undefined {
  return typeof pem === "string" ? ReadCertificate.fromPem(pem)[0]?.facts : undefined;
}

function notesOf(
  { change, before }: Change<"certificate">,
  fate: Fate,
  key: CertificateChange["key"],
  sideOld: CertificateSide | undefined,
  sideNew: CertificateSide | undefined,
): string[] {
  const isMade = change.actions.includes("create");
  const notes: readonly (string | false | undefined)[] = [
    reasonOf(change),
    fate === "untold" && `the plan has an action that this version does not know: ${change.actions.join(", ")}`,
    isMade && sideNew?.names === undefined && "the plan does not show its names",
    isMade && key === "unknown" && "the plan does not show whether its key stays the same",
    before !== undefined && sideOld?.fingerprint === undefined && "its certificate could not be read",
    change.isDeposed && "a failed deployment left it behind",
  ];
  return notes.filter((note) => typeof note === "string");
}

function signedBy(index: PlanIndex): Map<string, number> {
  const signed = new Map<string, number>();
  for (const { after } of index.certificates) {
    if (typeof after?.issuerPem === "string") {
      const pem = after.issuerPem.trim();
      signed.set(pem, (signed.get(pem) ?? 0) + 1);
    }
  }
  return signed;
}

/** The number of certificates that lose a removed authority. */
function notesOfRemoval({ before }: Change<"certificate">, fate: Fate, signed: ReadonlyMap<string, number>): string[] {
  const left = fate === "removed" && typeof before?.pem === "string" ? signed.get(before.pem.trim()) : undefined;
  return left === undefined
    ? []
    : left === 1
      ? ["1 certificate that it signed stays and loses its authority"]
      : [`${left} certificates that it signed stay and lose their authority`];
}

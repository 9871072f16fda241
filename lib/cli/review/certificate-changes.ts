import { timestamp } from "../../values/time";
import { type CertificateFacts, ReadCertificate } from "../read/certificate";
import type { Plan } from "../terraform/plan";
import { type CertificateAttributes, type Planned, type ResourceChange, UNKNOWN } from "../terraform/resource-change";
import { type Action, actionOf } from "./actions";
import { type CertificateChange, type CertificateSide, titleOf } from "./certificate-change";
import { inOrder, type Kind } from "./kinds";
import { type Links, linksOf, partsOf } from "./links";
import type { Change, PlanIndex } from "./plan-index";
import { reasonOf } from "./reasons";

/** A change of a certificate, and the changes of other resources that are part of it. */
export interface ExplainedChange {
  readonly change: ResourceChange;
  readonly certificate: CertificateChange;
  readonly parts: readonly ResourceChange[];
}

/**
 * What a plan does to the certificates of the tls provider. Those that stay as they are have no kinds.
 *
 * @param inFiles the certificates and keys of which files change
 */
export function certificateChanges(
  plan: Plan,
  index: PlanIndex,
  inFiles: ReadonlySet<ResourceChange>,
  now: Date,
): ExplainedChange[] {
  const anchors = index.certificates.filter(isTrustAnchor);
  const others = {
    stay: anchors.some(({ change }) => isKept(actionOf(change))),
    wereThere: anchors.some(({ before }) => before !== undefined),
  };
  return index.certificates.map((one) => explain(one, plan, index, inFiles, others, now));
}

/** The trust anchors of a plan: whether one stays as it is, and whether there was one. */
interface OtherAnchors {
  readonly stay: boolean;
  readonly wereThere: boolean;
}

function explain(
  one: Change<"certificate">,
  plan: Plan,
  index: PlanIndex,
  inFiles: ReadonlySet<ResourceChange>,
  anchors: OtherAnchors,
  now: Date,
): ExplainedChange {
  const { change } = one;
  const action = actionOf(change);
  const isAuthority = isTrustAnchor(one);
  const base = { source: plan.source, address: change.address, isAuthority, files: [] };
  const links = linksOf(one, index);
  const parts = partsOf(one, links, index);
  const isInFiles = inFiles.has(change) || parts.some((part) => inFiles.has(part));
  // Most certificates of most plans: to read them would take longer than all else.
  if (isKept(action) && change.previousAddress === undefined && !isInFiles) {
    const certificate = {
      ...base,
      title: change.address,
      kinds: [],
      key: "same",
      authority: "same",
      notes: [],
    } as const;
    return { change, certificate, parts };
  }
  const before = sideBefore(one.before);
  const after = isKept(action) || action === "update" ? before : sideAfter(one, before, links, plan.time ?? now);
  const differences = differencesOf(one, links, before, after);
  const key = action === "replace" || action === "create" ? links.key : "same";
  const authority = action === "replace" ? authorityOf(one) : "same";
  const facts = { action, key, authority, differences, isDue: isDue(one) };
  const kinds = isAuthority ? kindsOfAnchor(facts, anchors) : kindsOfLeaf(facts);
  return {
    change,
    certificate: {
      ...base,
      title: titleOf(isAuthority, after ?? before, change.address),
      kinds: inOrder([...kinds, ...(change.previousAddress === undefined ? [] : ["renamed" as const])]),
      key,
      authority,
      ...(before && { before }),
      ...(after && { after }),
      ...(change.previousAddress !== undefined && { renamedFrom: change.previousAddress }),
      notes: [...notesOf(one, facts, before, after), ...notesOfRemoval(one, isAuthority && action === "delete", index)],
    },
    parts,
  };
}

/** What the kinds of a change follow from. */
interface Facts {
  readonly action: Action;
  readonly key: CertificateChange["key"];
  readonly authority: CertificateChange["authority"];
  readonly differences: Differences;
  readonly isDue: boolean;
}

function kindsOfLeaf({ action, key, authority, differences, isDue }: Facts): Kind[] {
  if (action !== "replace") {
    return SIMPLE_KINDS[action] ?? ["issued"];
  }
  const kinds: readonly (Kind | false)[] = [
    key === "new" && "re-keyed",
    (key === "unknown" || differences.addresses === undefined) && "undetermined",
    differences.addresses === true && "addresses-changed",
    differences.subject && "subject-changed",
    differences.usage && "usage-changed",
    authority !== "same" && "re-issued",
    isDue && "renewed",
  ];
  const found = kinds.filter((kind) => kind !== false);
  return found.length === 0 ? ["re-issued"] : found;
}

function kindsOfAnchor({ action, key, differences }: Facts, anchors: OtherAnchors): Kind[] {
  switch (action) {
    case "create":
      return [anchors.stay ? "authority-added" : anchors.wereThere ? "authority-replaced" : "authority-created"];
    case "replace":
      return [key === "same" && !differences.subject ? "authority-renewed" : "authority-replaced"];
    case "delete":
      return ["authority-removed"];
    default:
      return SIMPLE_KINDS[action] ?? [];
  }
}

/** Of actions that say it all. */
const SIMPLE_KINDS: Readonly<Partial<Record<Action, Kind[]>>> = {
  "no-op": [],
  read: [],
  update: ["schedule-changed"],
  delete: ["removed"],
  forget: ["forgotten"],
  unknown: ["undetermined"],
};

interface Differences {
  /** Undefined where it cannot be told. */
  readonly addresses: boolean | undefined;
  readonly subject: boolean;
  readonly usage: boolean;
}

function differencesOf(
  { before, after }: Change<"certificate">,
  links: Links,
  sideOld: CertificateSide | undefined,
  sideNew: CertificateSide | undefined,
): Differences {
  // Requests have what was asked for: of that, the provider leaves some out of a certificate.
  const [old, next] = [links.requestBefore?.before ?? before, links.requestAfter?.after ?? after];
  const [subjectOld, subjectNew] =
    before?.isSelfSigned === false && links.requestBefore === undefined ? [] : [old?.subject, next?.subject];
  return {
    addresses: sideNew?.names === undefined ? undefined : !isSameSet(sideOld?.names, sideNew.names),
    subject: typeof subjectOld === "string" && typeof subjectNew === "string" && subjectOld !== subjectNew,
    usage: before?.hours !== after?.hours || !isSameSet(listOf(before?.uses), listOf(after?.uses)),
  };
}

function listOf(value: Planned<readonly string[]>): readonly string[] | undefined {
  return typeof value === "object" ? value : undefined;
}

export function isSameSet(one: readonly string[] = [], other: readonly string[] = []): boolean {
  const [first, second] = [one, other].map((names) => new Set(names.map((name) => name.toLowerCase())));
  return first?.size === second?.size && [...(first ?? [])].every((name) => second?.has(name));
}

function authorityOf({ before, after }: Change<"certificate">): CertificateChange["authority"] {
  if (before?.isSelfSigned === true) {
    return "same";
  }
  if (typeof before?.issuerPem !== "string" || after === undefined) {
    return "unknown";
  }
  return after.issuerPem !== UNKNOWN && after.issuerPem?.trim() === before.issuerPem.trim() ? "same" : "other";
}

/** A certificate that clients trust by itself. */
function isTrustAnchor({ before, after }: Change<"certificate">): boolean {
  const { isSelfSigned, isAuthority } = after ?? before ?? {};
  return isSelfSigned === true && isAuthority === true;
}

function isDue({ change, before }: Change<"certificate">): boolean {
  return before?.isDue === true || change.replacePaths.includes("ready_for_renewal");
}

function isKept(action: Action): boolean {
  return action === "no-op" || action === "read";
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
): CertificateSide | undefined {
  if (after === undefined || !change.actions.includes("create")) {
    return undefined;
  }
  const asked = after.isSelfSigned ? after : links.requestAfter?.after;
  const names = listOf(asked?.names) ?? links.factsAfter?.names;
  const issuer = factsOf(after.issuerPem);
  const uses = listOf(after.uses);
  const keyType = (links.key === "same" ? before?.keyType : undefined) ?? links.keyType;
  return {
    ...(names && { names }),
    ...(typeof asked?.subject === "string" && { subject: asked.subject }),
    ...(typeof after.hours === "number" && {
      notBefore: timestamp(time),
      notAfter: timestamp(new Date(time.getTime() + after.hours * 3_600_000)),
      isEstimated: true,
    }),
    ...(keyType !== undefined && { keyType }),
    ...(issuer && { issuer: issuer.subject, issuerFingerprint: issuer.fingerprint }),
    ...(uses && { uses }),
  };
}

function factsOf(pem: Planned<string>): CertificateFacts | undefined {
  return typeof pem === "string" ? ReadCertificate.fromPem(pem)[0]?.facts : undefined;
}

function notesOf(
  { change, before }: Change<"certificate">,
  { action, key }: Facts,
  sideOld: CertificateSide | undefined,
  sideNew: CertificateSide | undefined,
): string[] {
  const isMade = change.actions.includes("create");
  const notes: readonly (string | false | undefined)[] = [
    reasonOf(change),
    action === "unknown" && `the plan has an action that is not known here: ${change.actions.join(", ")}`,
    isMade && sideNew?.names === undefined && "the plan does not tell its names",
    isMade && key === "unknown" && "the plan does not tell whether its key stays",
    before !== undefined && sideOld?.fingerprint === undefined && "its certificate could not be read",
    change.isDeposed && "it is left from a deployment that failed",
  ];
  return notes.filter((note) => typeof note === "string");
}

/** What is left without an authority that goes. */
function notesOfRemoval({ before }: Change<"certificate">, isRemoved: boolean, index: PlanIndex): string[] {
  if (!isRemoved || typeof before?.pem !== "string") {
    return [];
  }
  const pem = before.pem.trim();
  const left = index.certificates.filter(
    ({ after }) => typeof after?.issuerPem === "string" && after.issuerPem.trim() === pem,
  );
  return left.length === 0 ? [] : [`${left.length} certificates that it signed stay, and lose their authority`];
}

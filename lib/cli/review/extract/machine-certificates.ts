import type { Rule } from "../../../machine-format/rules";
import type { Token } from "../../../machine-format/token";
import { endOf, type MachineCertificate, ruleOf, startOf } from "../../read/machine-text";
import type { Plan } from "../../terraform/plan";
import type { ResourceChange } from "../../terraform/resource-change";
import { type CertificateChange, type CertificateSide, titleOf } from "../certificate-change";
import { isSameSet } from "../names";
import type { OtherChange } from "../other-change";
import { type Action, actionOf } from "./actions";
import { type Facts, type Fate, isChanged, type Standing } from "./facts";
import type { Change, PlanIndex } from "./plan-index";
import { reasonOf } from "./reasons";

/** What a plan tells of custody "machine". */
export interface MachineCertificates {
  readonly certificates: readonly Facts[];
  /** What becomes of files that are no certificate's. */
  readonly others: readonly OtherChange[];
  /** The resources of which something is told here. */
  readonly told: readonly ResourceChange[];
}

/**
 * What a plan tells of certificates that are made where it is applied (custody "machine"). Such a plan has no certificate: it
 * has what is asked for, and in the words of a rule what will be made and why. A resource of it has many.
 */
export function machineCertificates(plan: Plan, index: PlanIndex): MachineCertificates {
  const pieces = index.machines.flatMap((one) => piecesOf(one, plan));
  const context = contextOf(pieces.filter(isAuthority));
  const extracted = pieces.map((piece) => ({ piece, facts: toFacts(piece, context, plan) }));
  const remarks = index.machines.flatMap((one) => remarksOf(one, plan));
  return {
    certificates: extracted.map(({ facts }) => facts),
    others: remarks.map(({ other }) => other),
    told: [
      ...extracted.flatMap(({ piece, facts }) => (isChanged(facts) ? [piece.change] : [])),
      ...remarks.map(({ change }) => change),
    ],
  };
}

/** What a plan has of one certificate. */
interface Piece {
  readonly change: ResourceChange;
  /** Its place in the resource, as an engine would write it: `["brokers/mqtt-1.example.com"]`. */
  readonly place: string;
  readonly before: MachineCertificate | undefined;
  readonly after: MachineCertificate | undefined;
  /** Whether something is made of it, or recorded. */
  readonly isDecided: boolean;
  /** Why; undefined where nothing is, and where that cannot be told. */
  readonly rule: Rule | undefined;
  /** Whether the plan does not say what happens to it. */
  readonly isUntold: boolean;
}

/** What concerns all certificates of a plan. */
interface Context {
  /** What an authority is that there was not before. */
  readonly created: Standing;
  /** Whether an authority that was there gets another certificate. */
  readonly isAuthorityAnew: boolean;
  /** Whether the only authority was made elsewhere, and what clients trust above it stays. */
  readonly isTrustKept: boolean;
  /** The subject of who signs: of several authorities, nothing tells which one does. */
  readonly signer: string | undefined;
}

function contextOf(anchors: readonly Piece[]): Context {
  const stays = ({ before, after, rule, isUntold }: Piece): boolean =>
    after !== undefined && !isUntold && rule?.certificate !== "new" && !isLeftUnfinished(before, rule);
  const [only, ...others] = anchors;
  const [signer, ...furtherSigners] = anchors.flatMap(({ after }) => after ?? []);
  return {
    created: anchors.some(stays) ? "further" : anchors.some(({ before }) => before !== undefined) ? "other" : "first",
    isAuthorityAnew: anchors.some(({ before, rule }) => before !== undefined && rule?.certificate === "new"),
    isTrustKept: only?.after?.certificate !== undefined && !only.isDecided && others.length === 0,
    signer: furtherSigners.length === 0 && signer?.certificate === undefined ? signer?.subject : undefined,
  };
}

/** Whether it is known of no deployment but of one that was stopped. */
function isLeftUnfinished(before: MachineCertificate | undefined, rule: Rule | undefined): boolean {
  return before === undefined && rule?.kind === "stopped";
}

function piecesOf({ change, before, after }: Change<"machine">, plan: Plan): Piece[] {
  const names = new Set([...(before?.certificates.keys() ?? []), ...(after?.certificates.keys() ?? [])]);
  const isUnread = change.after !== undefined && after === undefined;
  return [...names].map((name) => {
    const [old, next] = [before?.certificates.get(name), after?.certificates.get(name)];
    const isDecided = next !== undefined && isOfPlan(old?.token, next.token, plan);
    const rule = isDecided ? ruleOf(next) : undefined;
    return {
      change,
      place: placeOf(name),
      // Of a deployment that failed, the state has what it was to make.
      before: rule?.kind === "new" && isTainted(change) ? undefined : old,
      after: next,
      isDecided,
      rule,
      isUntold: isUnread || (isDecided && rule === undefined),
    };
  });
}

/** Whether a plan decided on a token. Of a state that is lost or old, a later one is in the records, and stays. */
export function isOfPlan(before: Token | undefined, after: Token, { time }: Plan): boolean {
  const isOther = before?.time !== after.time || before.words !== after.words;
  return isOther && !(Date.parse(after.time) < (time?.getTime() ?? NaN));
}

function placeOf(name: string): string {
  return `[${JSON.stringify(name)}]`;
}

function isTainted({ reason }: ResourceChange): boolean {
  return reason === "replace_because_tainted";
}

function isAuthority({ before, after }: Piece): boolean {
  return (after ?? before)?.names === undefined;
}

function toFacts(piece: Piece, context: Context, plan: Plan): Facts {
  const { change, place, before, after, isDecided, rule } = piece;
  const isAnchor = isAuthority(piece);
  const address = change.address + place;
  const fate = fateOf(piece);
  const authority = isAnchor ? "same" : authorityOf(piece, context);
  const standing = isAnchor ? (fate === "made" ? context.created : standingOf(piece)) : undefined;
  const sideOld = before && sideOf(before, isDecided && isTainted(change) ? undefined : before);
  const isMade = fate === "made" || fate === "remade";
  const sideNew = after && {
    ...sideOf(after, rule?.kind === "recorded" ? before : after),
    ...(isMade && !isAnchor && context.signer !== undefined && { issuer: context.signer }),
  };
  return {
    source: plan.source,
    address,
    title: titleOf(isAnchor, sideNew ?? sideOld, address),
    isAuthority: isAnchor && !(fate === "remade" && standing === "below"),
    fate,
    ...(standing && { standing }),
    differences: {
      names: before !== undefined && !isSameSet(before.names, after?.names),
      subject: before !== undefined && before.subject !== after?.subject,
      usage: before !== undefined && (before.hours !== after?.hours || !isSameSet(before.uses, after?.uses)),
    },
    isDue: rule?.kind === "renewed",
    isFinished: rule?.kind === "stopped",
    isReissued: rule?.kind === "other authority" || (rule?.kind === "re-issued" && !isDeclaredAnew(rule)),
    key: keyOf(piece),
    authority,
    ...(authority === "other" && context.isTrustKept && { trustAnchor: "same" }),
    ...(sideOld && { before: sideOld }),
    ...(sideNew && { after: sideNew }),
    files: [],
    ...(change.previousAddress !== undefined && { renamedFrom: change.previousAddress + place }),
    notes: notesOf(piece),
  };
}

function keyOf({ before, after, isUntold, rule }: Piece): CertificateChange["key"] {
  if (isUntold) {
    return "unknown";
  }
  if (after?.certificate !== undefined) {
    return before === undefined || before.certificate === after.certificate ? "same" : "unknown";
  }
  // Whether another request has another key, no plan of this custody tells.
  const isOtherRequest = after?.isKeyElsewhere === true && before !== undefined && isDeclaredAnew(rule);
  return isOtherRequest ? "unknown" : (rule?.key ?? "same");
}

function isDeclaredAnew(rule: Rule | undefined): boolean {
  return rule?.when.includes("another certificate is declared") === true;
}

function authorityOf({ before, isUntold, rule }: Piece, { isAuthorityAnew }: Context): CertificateChange["authority"] {
  if (rule?.kind === "other authority") {
    return "other";
  }
  // A rule that comes first hides the others, and nothing tells which generation signs.
  const mayBeOther = isAuthorityAnew && before !== undefined && rule?.certificate === "new";
  // Nor does it tell what the deployment was to do that was stopped.
  const mayBeFinished = before !== undefined && rule?.kind === "stopped";
  return isUntold || mayBeOther || mayBeFinished ? "unknown" : "same";
}

/** Of actions that say it all. */
const FATES: Readonly<Partial<Record<Action, Fate>>> = {
  "no-op": "kept",
  read: "kept",
  forget: "forgotten",
  unknown: "untold",
  update: "untold",
};

function fateOf({ change, before, after, isUntold, isDecided, rule }: Piece): Fate {
  const fate = FATES[actionOf(change)];
  if (fate !== undefined || isUntold) {
    return fate ?? "untold";
  }
  if (after === undefined) {
    return "removed";
  }
  const isSameElsewhere = after.certificate !== undefined && before?.certificate === after.certificate;
  if (!isDecided) {
    // The token of an authority that was made elsewhere is of what clients trust; another signs below it.
    return before === undefined || after.certificate === undefined || isSameElsewhere ? "kept" : "remade";
  }
  // What the deployment was to make that was stopped may be another authority.
  const isOther =
    rule?.kind === "stopped" &&
    (before === undefined || (after.names === undefined && before.subject !== after.subject));
  if (isSameElsewhere || (rule?.certificate === "same" && !isOther)) {
    return "recorded";
  }
  return before === undefined ? "made" : "remade";
}

/** What an authority that was there is with another certificate. */
function standingOf({ before, after, isDecided, rule }: Piece): Standing {
  if (after?.certificate !== undefined) {
    return isDecided ? "other" : "below";
  }
  const isSame = rule?.key === "same" && rule.kind !== "adopted" && before?.subject === after?.subject;
  return isSame ? "same" : "other";
}

/** @param dated the one whose times these are; undefined where they are not known */
function sideOf(certificate: MachineCertificate, dated: MachineCertificate | undefined): CertificateSide {
  const { names, subject, keyType, uses, notAfter } = certificate;
  const [start, end] = dated === undefined ? [] : [startOf(dated), endOf(dated)];
  return {
    ...(names !== undefined && { names }),
    ...(subject !== undefined && { subject }),
    ...(keyType !== undefined && { keyType }),
    ...(uses !== undefined && { uses }),
    ...(notAfter !== undefined
      ? { notAfter }
      : start !== undefined && end !== undefined && { notBefore: start, notAfter: end, isEstimated: true }),
  };
}

function notesOf({ change, before, after, isUntold, isDecided, rule }: Piece): string[] {
  const isOtherElsewhere = before !== undefined && after !== undefined && before.certificate !== after.certificate;
  const notes: readonly (string | false | undefined)[] = [
    isDecided && rule?.kind !== "new" && after?.token.words,
    isUntold && after === undefined && "the plan does not say what happens to it",
    isDecided && isTainted(change) && reasonOf(change),
    isOtherElsewhere && "another certificate was made elsewhere",
    actionOf(change) === "unknown" && `the plan has an action that is not known here: ${change.actions.join(", ")}`,
  ];
  return notes.filter((note) => typeof note === "string");
}

function remarksOf(
  { change, before, after }: Change<"machine">,
  plan: Plan,
): { readonly change: ResourceChange; readonly other: OtherChange }[] {
  return [...(after?.remarks ?? [])].flatMap(([name, token]) => {
    const old = before?.remarks.get(name);
    const isTold = token.words !== "" && isOfPlan(old, token, plan);
    const action = old === undefined || old.words === "" ? "create" : "update";
    const address = change.address + placeOf(name);
    return isTold ? [{ change, other: { source: plan.source, address, action, detail: token.words } }] : [];
  });
}

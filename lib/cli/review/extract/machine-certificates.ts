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

/** The changes in a plan that belong to custody "machine". */
export interface MachineCertificates {
  readonly certificates: readonly Facts[];
  /** The changes of files that belong to no certificate. */
  readonly others: readonly OtherChange[];
  /** The resources whose changes are reported here. */
  readonly told: readonly ResourceChange[];
}

/**
 * Extracts the changes of certificates that are made on the machine that deploys (custody "machine"). Such a plan contains no
 * certificate. It contains what is declared and, in the words of a rule, what will be made and why. One resource has many
 * certificates.
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

/** The part of a plan that is about one certificate. */
interface Piece {
  readonly change: ResourceChange;
  /** The place in the resource, as an engine would write it: `["brokers/mqtt-1.example.com"]`. */
  readonly place: string;
  readonly before: MachineCertificate | undefined;
  readonly after: MachineCertificate | undefined;
  /** Whether the plan makes or records something. */
  readonly isDecided: boolean;
  /** The rule that says why; undefined if nothing is made, or if the words are not known. */
  readonly rule: Rule | undefined;
  /** Whether the plan does not say what happens to the certificate. */
  readonly isUntold: boolean;
}

/** Facts that concern all certificates of a plan. */
interface Context {
  /** The standing of an authority that is new in this plan. */
  readonly created: Standing;
  /** Whether an existing authority gets another certificate. */
  readonly isAuthorityAnew: boolean;
  /** Whether the only authority is imported, and the trust anchor above it stays the same. */
  readonly isTrustKept: boolean;
  /** The subject of the authority that signs; undefined if there are several, because the plan does not say which one signs. */
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

/** Whether only an interrupted deployment knew the certificate. */
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
      // After a failed deployment, the state contains what it should have made.
      before: rule?.kind === "new" && isTainted(change) ? undefined : old,
      after: next,
      isDecided,
      rule,
      isUntold: isUnread || (isDecided && rule === undefined),
    };
  });
}

/** Whether this plan decided on a token. If the state is lost or old, the records have a later token, which stays. */
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
  // A plan of this custody does not say whether another CSR has another key.
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
  // The first rule hides the others, and the plan does not say which generation signs.
  const mayBeOther = isAuthorityAnew && before !== undefined && rule?.certificate === "new";
  // The plan does not say what the interrupted deployment was doing.
  const mayBeFinished = before !== undefined && rule?.kind === "stopped";
  return isUntold || mayBeOther || mayBeFinished ? "unknown" : "same";
}

/** The fates that follow from the action alone. */
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
  const isSameImport = after.certificate !== undefined && before?.certificate === after.certificate;
  if (!isDecided) {
    // The token of an imported authority stands for the trust anchor; another authority signs below it.
    return before === undefined || after.certificate === undefined || isSameImport ? "kept" : "remade";
  }
  // The interrupted deployment may have been making another authority.
  const isOther =
    rule?.kind === "stopped" &&
    (before === undefined || (after.names === undefined && before.subject !== after.subject));
  if (isSameImport || (rule?.certificate === "same" && !isOther)) {
    return "recorded";
  }
  return before === undefined ? "made" : "remade";
}

/** The standing of an existing authority with another certificate. */
function standingOf({ before, after, isDecided, rule }: Piece): Standing {
  if (after?.certificate !== undefined) {
    return isDecided ? "other" : "below";
  }
  const isSame = rule?.key === "same" && rule.kind !== "adopted" && before?.subject === after?.subject;
  return isSame ? "same" : "other";
}

/** @param dated the certificate whose times apply; undefined if they are not known */
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
  const isOtherImport = before !== undefined && after !== undefined && before.certificate !== after.certificate;
  const notes: readonly (string | false | undefined)[] = [
    isDecided && rule?.kind !== "new" && after?.token.words,
    isUntold && after === undefined && "the plan does not say what happens to it",
    isDecided && isTainted(change) && reasonOf(change),
    isOtherImport && "the imported certificate changes",
    actionOf(change) === "unknown" &&
      `the plan has an action that this version does not know: ${change.actions.join(", ")}`,
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

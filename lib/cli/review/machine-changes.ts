import type { Rule } from "../../machine-format/rules";
import type { Token } from "../../machine-format/token";
import { endOf, type MachineCertificate, ruleOf, startOf } from "../read/machine-text";
import type { Plan } from "../terraform/plan";
import type { ResourceChange } from "../terraform/resource-change";
import { type Action, actionOf } from "./actions";
import { type CertificateChange, type CertificateSide, titleOf } from "./certificate-change";
import { isSameSet } from "./certificate-changes";
import { inOrder, type Kind } from "./kinds";
import type { Change, PlanIndex } from "./plan-index";
import { reasonOf } from "./reasons";
import type { OtherChange } from "./review";

/** What a plan does with custody "machine". */
export interface MachineChanges {
  /** Those that stay as they are have no kinds. */
  readonly certificates: readonly CertificateChange[];
  /** What becomes of files that are no certificate's. */
  readonly others: readonly OtherChange[];
  /** The resources of which something is told here. */
  readonly told: readonly ResourceChange[];
}

/**
 * What a plan does to certificates that are made where it is applied (custody "machine"). Such a plan has no certificate: it
 * has what is asked for, and in the words of a rule what will be made and why. A resource of it has many.
 */
export function machineChanges(plan: Plan, index: PlanIndex): MachineChanges {
  const pieces = index.machines.flatMap((one) => piecesOf(one, plan));
  const anchors = pieces.filter(isAuthority);
  const context: Context = {
    created: anchors.some(
      ({ after, rule, isUntold }) => after !== undefined && !isUntold && rule?.certificate !== "new",
    )
      ? "authority-added"
      : anchors.some(({ before }) => before !== undefined)
        ? "authority-replaced"
        : "authority-created",
    isAuthorityAnew: anchors.some(({ before, rule }) => before !== undefined && rule?.certificate === "new"),
  };
  const explained = pieces.map((piece) => ({ piece, certificate: toChange(piece, context, plan) }));
  const remarks = index.machines.flatMap((one) => remarksOf(one, plan));
  return {
    certificates: explained.map(({ certificate }) => certificate),
    others: remarks.map(({ other }) => other),
    told: [
      ...explained.flatMap(({ piece, certificate }) => (certificate.kinds.length > 0 ? [piece.change] : [])),
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
  /** Whether the plan does not tell what becomes of it. */
  readonly isUntold: boolean;
}

/** What concerns all certificates of a plan. */
interface Context {
  /** What it is for clients that there is a new authority. */
  readonly created: Kind;
  /** Whether an authority that was there gets another certificate. */
  readonly isAuthorityAnew: boolean;
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
      isUntold: isUnread || (isDecided && (rule === undefined || rule.kind === "stopped")),
    };
  });
}

/** Whether a plan decided on a token. Of a state that is lost or old, a later one is in the records, and stays. */
function isOfPlan(before: Token | undefined, after: Token, { time }: Plan): boolean {
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

function toChange(piece: Piece, context: Context, plan: Plan): CertificateChange {
  const { change, place, before, after, isDecided } = piece;
  const isAnchor = isAuthority(piece);
  const address = change.address + place;
  const renamedFrom = change.previousAddress === undefined ? undefined : change.previousAddress + place;
  const kinds = isAnchor ? kindsOfAnchor(piece, context) : kindsOfLeaf(piece);
  const sideOld = before && sideOf(before, isDecided && isTainted(change) ? undefined : before);
  const sideNew = after && sideOf(after, piece.rule?.certificate === "same" ? before : after);
  return {
    source: plan.source,
    address,
    title: titleOf(isAnchor, sideNew ?? sideOld, address),
    isAuthority: isAnchor,
    kinds: inOrder([...kinds, ...(renamedFrom === undefined ? [] : ["renamed" as const])]),
    key: keyOf(piece),
    authority: isAnchor ? "same" : authorityOf(piece, context),
    ...(sideOld && { before: sideOld }),
    ...(sideNew && { after: sideNew }),
    files: [],
    ...(renamedFrom !== undefined && { renamedFrom }),
    notes: notesOf(piece),
  };
}

function keyOf({ before, after, isUntold, isDecided, rule }: Piece): CertificateChange["key"] {
  if (isUntold) {
    return "unknown";
  }
  if (after?.certificate !== undefined) {
    return !isDecided || before === undefined || before.certificate === after.certificate ? "same" : "unknown";
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
  return isUntold || mayBeOther ? "unknown" : "same";
}

/** Of actions that say it all. */
const SIMPLE_KINDS: Readonly<Partial<Record<Action, Kind[]>>> = {
  "no-op": [],
  read: [],
  forget: ["forgotten"],
  unknown: ["undetermined"],
  update: ["undetermined"],
};

function kindsOfLeaf(piece: Piece): Kind[] {
  const { change, before, after, isUntold, isDecided, rule } = piece;
  const simple = SIMPLE_KINDS[actionOf(change)];
  if (simple !== undefined || (after !== undefined && !isDecided)) {
    return simple ?? [];
  }
  if (after === undefined) {
    return [isUntold ? "undetermined" : "removed"];
  }
  if (before === undefined) {
    return [isUntold ? "undetermined" : rule?.certificate === "same" ? "files-changed" : "issued"];
  }
  const kinds: readonly (Kind | false)[] = [
    rule?.key === "new" && "re-keyed",
    keyOf(piece) === "unknown" && "undetermined",
    !isSameSet(before.names, after.names) && "addresses-changed",
    before.subject !== after.subject && "subject-changed",
    before.hours !== after.hours && "usage-changed",
    rule?.kind === "renewed" && "renewed",
    rule?.kind === "recorded" && "files-changed",
    (rule?.kind === "other authority" || (rule?.kind === "re-issued" && !isDeclaredAnew(rule))) && "re-issued",
  ];
  const found = kinds.filter((kind) => kind !== false);
  return found.length > 0 ? found : ["re-issued"];
}

function kindsOfAnchor({ change, before, after, isUntold, isDecided, rule }: Piece, { created }: Context): Kind[] {
  const simple = SIMPLE_KINDS[actionOf(change)];
  if (simple !== undefined) {
    return simple;
  }
  if (isUntold) {
    return ["undetermined"];
  }
  if (after === undefined) {
    return ["authority-removed"];
  }
  const isElsewhere = after.certificate !== undefined;
  if (!isDecided) {
    // The token is of what clients trust; another signs below it.
    return before !== undefined && isElsewhere && before.certificate !== after.certificate ? ["re-issued"] : [];
  }
  if (rule?.certificate === "same" || (isElsewhere && before?.certificate === after.certificate)) {
    return ["files-changed"];
  }
  if (before === undefined) {
    return [created];
  }
  const isSame = !isElsewhere && rule?.key === "same" && rule.kind !== "taken over" && before.subject === after.subject;
  return [isSame ? "authority-renewed" : "authority-replaced"];
}

/** @param dated the one whose times these are; undefined where they are not known */
function sideOf(certificate: MachineCertificate, dated: MachineCertificate | undefined): CertificateSide {
  const { names, subject, keyType, notAfter } = certificate;
  const [start, end] = dated === undefined ? [] : [startOf(dated), endOf(dated)];
  return {
    ...(names !== undefined && { names }),
    ...(subject !== undefined && { subject }),
    ...(keyType !== undefined && { keyType }),
    ...(notAfter !== undefined
      ? { notAfter }
      : start !== undefined && end !== undefined && { notBefore: start, notAfter: end, isEstimated: true }),
  };
}

function notesOf({ change, before, after, isUntold, isDecided, rule }: Piece): string[] {
  const isOtherElsewhere = before !== undefined && after !== undefined && before.certificate !== after.certificate;
  const notes: readonly (string | false | undefined)[] = [
    isDecided && rule?.kind !== "new" && after?.token.words,
    isUntold && after === undefined && "the plan does not tell what becomes of it",
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

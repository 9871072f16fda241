import { timestamp } from "../certificate";
import type { Plan } from "../terraform/plan";
import { type MachineAttributes, UNKNOWN } from "../terraform/resource-change";
import { type Action, actionOf } from "./actions";
import { type CertificateChange, type CertificateSide, titleOf } from "./certificate-change";
import { isSameSet } from "./certificate-changes";
import { inOrder, type Kind } from "./kinds";
import type { Change, PlanIndex } from "./plan-index";

const TIME = "2006-01-02T15:04:05Z".length;

/**
 * What a plan does to certificates that openssl makes where it is applied (custody "machine"). Such a plan has no
 * certificate: what it has is what is asked for, and in words what will be made and why.
 */
export function machineChanges(plan: Plan, index: PlanIndex, now: Date): CertificateChange[] {
  const anchors = index.machines.filter(isAuthority);
  const stay = anchors.some((one) => actionOf(one.change) === "no-op" || isOnlyRecorded(wordsOf(one)));
  const wereThere = anchors.some(({ before }) => before !== undefined);
  const created = stay ? "authority-added" : wereThere ? "authority-replaced" : "authority-created";
  return index.machines.map((one) => toChange(one, created, plan, now));
}

function toChange(one: Change<"machine">, created: Kind, plan: Plan, now: Date): CertificateChange {
  const { change, before, after } = one;
  const action = actionOf(change);
  const words = wordsOf(one);
  const isAnchor = isAuthority(one);
  const kinds = isAnchor ? kindsOfAnchor(one, words, created) : kindsOfLeaf(one, words);
  const isMade = words === undefined || (words !== "" && !isOnlyRecorded(words));
  const sideOld = before && sideOf(before, before.token);
  const sideNew = after && sideOf(after, isMade ? timestamp(plan.time ?? now) : (before ?? after).token);
  return {
    source: plan.source,
    address: change.address,
    title: titleOf(isAnchor, sideNew ?? sideOld, change.address),
    isAuthority: isAnchor,
    kinds: inOrder([...kinds, ...(change.previousAddress === undefined ? [] : ["renamed" as const])]),
    key: keyOf(one, words),
    authority: words === undefined || words.endsWith(OTHER_ISSUER) ? "other" : "same",
    ...(sideOld && { before: sideOld }),
    ...(sideNew && { after: sideNew }),
    files: [],
    ...(change.previousAddress !== undefined && { renamedFrom: change.previousAddress }),
    notes: notesOf(action, words, one),
  };
}

const OTHER_ISSUER = "its authority has another";

/** What the plan says of what will be made; undefined where that hangs on what it makes itself, as another authority. */
function wordsOf({ change, before, after }: Change<"machine">): string | undefined {
  if (after?.token === UNKNOWN) {
    return undefined;
  }
  // The words of what stays, or goes, are those of its last deployment.
  return before?.token !== after?.token && ["create", "replace"].includes(actionOf(change))
    ? (after?.token ?? "").slice(TIME + 1)
    : "";
}

function keyOf({ before, after }: Change<"machine">, words: string | undefined): CertificateChange["key"] {
  if (words === undefined) {
    return "unknown";
  }
  // Whether another request has another key, no plan of this custody tells.
  if (after?.isKeyElsewhere === true && words !== "" && before !== undefined && words.endsWith("another is declared")) {
    return "unknown";
  }
  return (words === "new" && after?.certificate === undefined) || words.startsWith("new key") ? "new" : "same";
}

function isAuthority({ before, after }: Change<"machine">): boolean {
  return (after ?? before)?.names === undefined;
}

/** Of actions that say it all. */
const SIMPLE_KINDS: Readonly<Partial<Record<Action, Kind[]>>> = {
  "no-op": [],
  read: [],
  forget: ["forgotten"],
  unknown: ["undetermined"],
  update: ["undetermined"],
};

function kindsOfLeaf(one: Change<"machine">, words: string | undefined): Kind[] {
  const { change, before, after } = one;
  const action = actionOf(change);
  if (action !== "replace") {
    const issued: Kind = isOnlyRecorded(words) ? "files-changed" : "issued";
    return SIMPLE_KINDS[action] ?? [action === "create" ? issued : "removed"];
  }
  const kinds: readonly (Kind | false)[] = [
    words?.startsWith("new key") === true && "re-keyed",
    keyOf(one, words) === "unknown" && "undetermined",
    !isSameSet(before?.names, after?.names) && "addresses-changed",
    before?.subject !== after?.subject && "subject-changed",
    before?.days !== after?.days && "usage-changed",
    (words === undefined || /(another|missing or changed|elsewhere)$/.test(words)) && "re-issued",
    words?.endsWith("the old one is due") === true && "renewed",
    isOnlyRecorded(words) && "files-changed",
  ];
  const found = kinds.filter((kind) => kind !== false);
  return found.length > 0 ? found : ["re-issued"];
}

function kindsOfAnchor({ change, before, after }: Change<"machine">, words: string | undefined, created: Kind): Kind[] {
  const action = actionOf(change);
  if (action === "delete") {
    return ["authority-removed"];
  }
  if (SIMPLE_KINDS[action] !== undefined) {
    return SIMPLE_KINDS[action];
  }
  if (isOnlyRecorded(words)) {
    return ["files-changed"];
  }
  if (action === "create") {
    return [created];
  }
  if (before?.certificate !== undefined && before.token === after?.token) {
    // The token is of what clients trust; another signs below it.
    return ["re-issued"];
  }
  const isSame = words?.startsWith("new certificate, same key") === true && before?.subject === after?.subject;
  return [isSame ? "authority-renewed" : "authority-replaced"];
}

/** Whether neither key nor certificate is made. */
function isOnlyRecorded(words: string | undefined): boolean {
  return words !== undefined && /^(same key and certificate|finished)/.test(words);
}

/** @param made when, RFC 3339; words may follow */
function sideOf({ names, subject, days, keyType, notAfter }: MachineAttributes, made: unknown): CertificateSide {
  const time = new Date(typeof made === "string" ? made.slice(0, TIME) : "");
  const end = new Date(time.getTime() + (days ?? NaN) * 86_400_000);
  return {
    ...(names !== undefined && { names }),
    ...(subject !== undefined && { subject }),
    ...(keyType !== undefined && { keyType }),
    ...(!Number.isNaN(time.getTime()) && days !== undefined && { notBefore: timestamp(time) }),
    ...(notAfter !== undefined
      ? { notAfter }
      : !Number.isNaN(end.getTime()) && { notAfter: timestamp(end), isEstimated: true }),
  };
}

function notesOf(action: Action, words: string | undefined, { change, before, after }: Change<"machine">): string[] {
  const notes: readonly (string | false)[] = [
    words === undefined
      ? "the plan does not tell what is made, for that hangs on its authority, which is made anew"
      : words !== "new" && words !== "" && words,
    before?.certificate !== after?.certificate &&
      before !== undefined &&
      after !== undefined &&
      "another certificate was made elsewhere",
    action === "unknown" && `the plan has an action that is not known here: ${change.actions.join(", ")}`,
  ];
  return notes.filter((note) => note !== false);
}

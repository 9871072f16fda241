import type { Plan } from "../terraform/plan";
import type { ResourceChange } from "../terraform/resource-change";
import { actionOf } from "./actions";
import type { CertificateChange, FileChange } from "./certificate-change";
import { certificateChanges, type ExplainedChange } from "./certificate-changes";
import { fileChanges, type LinkedFile } from "./file-changes";
import { foreignAuthorities } from "./foreign-authorities";
import { ALL_KINDS, type Kind } from "./kinds";
import { machineChanges } from "./machine-changes";
import { joinMoves } from "./moves";
import { PlanIndex } from "./plan-index";
import { reasonOf } from "./reasons";
import { untangle } from "./swapped-names";

/** A change of what is no certificate, nor a part of one. */
export interface OtherChange {
  readonly source: string;
  readonly address: string;
  /** In the engine's words, as `create`, or `delete, create`. */
  readonly action: string;
  /** In words. */
  readonly detail?: string;
}

/** What plans do to the certificates of a fleet. */
export interface Review {
  /** The files of the plans, as they were named. */
  readonly sources: readonly string[];
  /** How many certificates there are of each kind that there is; one that has several counts for each. */
  readonly counts: Readonly<Partial<Record<Kind, number>>>;
  /** The gravest first; then by their names. */
  readonly authorities: readonly CertificateChange[];
  /** As {@link authorities}. */
  readonly certificates: readonly CertificateChange[];
  /** How many certificates stay as they are. */
  readonly unchanged: number;
  readonly others: readonly OtherChange[];
  readonly outputs: readonly OtherChange[];
  /** What was found to be otherwise than in the state. */
  readonly drift: readonly OtherChange[];
  /** What keeps this from being the whole truth, a sentence each. */
  readonly incomplete: readonly string[];
}

/** @param now for plans that do not tell when they were made */
export function review(plans: readonly Plan[], now: Date): Review {
  const parts = plans.map((plan) => reviewOne(plan, now));
  const changes = untangle(joinMoves(parts.flatMap(({ certificates }) => certificates)));
  const changed = changes.filter(({ kinds }) => kinds.length > 0).sort(byGravity);
  const drift = parts.flatMap((part) => part.drift);
  const counts = ALL_KINDS.map((kind) => {
    const count = kind === "drifted" ? drift.length : changed.filter(({ kinds }) => kinds.includes(kind)).length;
    return [kind, count] as const;
  });
  return {
    sources: plans.map(({ source }) => source),
    counts: Object.fromEntries(counts.filter(([, count]) => count > 0)),
    authorities: changed.filter(({ isAuthority }) => isAuthority),
    certificates: changed.filter(({ isAuthority }) => !isAuthority),
    unchanged: changes.length - changed.length,
    others: parts.flatMap(({ others }) => others),
    outputs: plans.flatMap(({ source, outputs }) =>
      outputs
        .filter(({ actions }) => !actions.includes("no-op"))
        .map(({ name, actions }) => ({ source, address: name, action: actions.join(", ") })),
    ),
    drift,
    incomplete: plans.flatMap(whyIncomplete),
  };
}

interface Part {
  readonly certificates: readonly CertificateChange[];
  readonly others: readonly OtherChange[];
  readonly drift: readonly OtherChange[];
}

function reviewOne(plan: Plan, now: Date): Part {
  const index = new PlanIndex(plan);
  const files = fileChanges(index);
  const inFiles = new Set(files.flatMap(({ content }) => content ?? []));
  const explained = certificateChanges(plan, index, inFiles, now);
  const machine = machineChanges(plan, index);
  const certificates = withFiles(explained, files);
  const listed = new Set(certificates.flatMap((one) => one.files.map(({ address }) => address)));
  const told = new Set<ResourceChange>([
    ...index.certificates.map(({ change }) => change),
    ...machine.told,
    ...explained.flatMap(({ certificate, parts }) => (certificate.kinds.length > 0 ? parts : [])),
    ...files.filter(({ file }) => listed.has(file.address)).map(({ change }) => change),
  ]);
  const others = plan.changes.filter(
    (change) => (actionOf(change) !== "no-op" || change.isImported) && !told.has(change),
  );
  // That one is due is found as a drift.
  const renewed = new Set(certificates.flatMap((one) => (one.kinds.includes("renewed") ? [one.address] : [])));
  return {
    certificates: [...certificates, ...machine.certificates, ...foreignAuthorities(plan, index)],
    others: [...others.map((change) => toOther(plan.source, change)), ...machine.others],
    drift: plan.drift.filter((change) => !renewed.has(change.address)).map((change) => toOther(plan.source, change)),
  };
}

/** The certificates with the files that have them, or their keys. A change of a file alone is a change of its certificate. */
function withFiles(explained: readonly ExplainedChange[], files: readonly LinkedFile[]): CertificateChange[] {
  const byContent = new Map<ResourceChange, FileChange[]>();
  for (const { file, content } of files) {
    if (content !== undefined) {
      byContent.set(content, [...(byContent.get(content) ?? []), file]);
    }
  }
  return explained.map(({ change, certificate, parts }) => {
    const own = [...new Set([change, ...parts])].flatMap((each) => byContent.get(each) ?? []);
    return own.length === 0
      ? certificate
      : { ...certificate, kinds: certificate.kinds.length === 0 ? ["files-changed"] : certificate.kinds, files: own };
  });
}

/** By the gravest of what happens, and then by what a person calls them, in the order of code units. */
function byGravity(one: CertificateChange, other: CertificateChange): number {
  const [first, second] = [one, other].map(({ kinds }) => ALL_KINDS.findIndex((kind) => kinds.includes(kind)));
  const [title, otherTitle] = [one, other].map(({ title: each, address }) => `${each}\0${address}`);
  return (first ?? 0) - (second ?? 0) || ((title ?? "") < (otherTitle ?? "") ? -1 : 1);
}

function toOther(source: string, change: ResourceChange): OtherChange {
  const { address, actions, isImported } = change;
  const detail = reasonOf(change);
  return {
    source,
    address,
    action: isImported ? "import" : actions.join(", "),
    ...(detail !== undefined && { detail }),
  };
}

function whyIncomplete({ source, isComplete, deferred }: Plan): string[] {
  const reasons: readonly (string | false)[] = [
    !isComplete && "is for a part of the resources, as with -target",
    deferred > 0 && `puts off ${deferred} changes for want of what they need to know`,
  ];
  return reasons.filter((reason) => reason !== false).map((reason) => `${source} ${reason}.`);
}

import type { Plan } from "../../terraform/plan";
import type { ResourceChange } from "../../terraform/resource-change";
import type { FileChange } from "../certificate-change";
import type { OtherChange } from "../other-change";
import type { Reload } from "../reload";
import { actionOf } from "./actions";
import { importedAuthorities } from "./imported-authorities";
import { type Facts, isChanged, NO_DIFFERENCE } from "./facts";
import { fileChanges, type LinkedFile } from "./file-changes";
import { machineCertificates } from "./machine-certificates";
import { PlanIndex } from "./plan-index";
import { type ProviderCertificate, providerCertificates } from "./provider-certificates";
import { reasonOf } from "./reasons";
import { reloadsOf } from "./reloads";
import { TrustAnchors } from "./trust-anchors";

/** The changes that a plan contains, before they are classified. */
export interface Extract {
  readonly certificates: readonly Facts[];
  readonly reloads: readonly Reload[];
  readonly others: readonly OtherChange[];
  readonly drift: readonly OtherChange[];
}

/** @param now the time for a plan that does not say when it was made */
export function extract(plan: Plan, now: Date): Extract {
  const index = new PlanIndex(plan);
  const trusted = new TrustAnchors(index);
  const files = fileChanges(index);
  const inFiles = new Set(files.flatMap(({ content }) => content ?? []));
  const provided = providerCertificates(plan, index, trusted, inFiles, now);
  const machine = machineCertificates(plan, index);
  const commands = reloadsOf(plan, index);
  const strayKeys = keysOfUnknownCertificates(index, provided);
  const certificates = [
    ...withFiles(provided, files),
    ...strayKeys.map(({ address }) => undeterminedKey(plan.source, address)),
  ];
  const listed = new Set(certificates.flatMap((one) => one.files.map(({ address }) => address)));
  const told = new Set<ResourceChange>([
    ...index.certificates.map(({ change }) => change),
    ...machine.told,
    ...commands.told,
    ...strayKeys,
    ...provided.flatMap(({ facts, parts }) => (isChanged(facts) ? parts : [])),
    ...files.filter(({ file }) => listed.has(file.address)).map(({ change }) => change),
  ]);
  const others = plan.changes.filter(
    (change) => (actionOf(change) !== "no-op" || change.isImported) && !told.has(change),
  );
  // A certificate that became due appears as drift.
  const renewed = new Set(certificates.flatMap((one) => (isRenewed(one) ? [one.address] : [])));
  return {
    certificates: [...certificates, ...machine.certificates, ...importedAuthorities(plan, index, trusted)],
    reloads: commands.reloads,
    others: [...others.map((change) => toOther(plan.source, change)), ...machine.others, ...commands.others],
    drift: plan.drift.filter((change) => !renewed.has(change.address)).map((change) => toOther(plan.source, change)),
  };
}

/** Adds to each certificate the files that contain it or its key. A change of a file alone is a change of its certificate. */
function withFiles(provided: readonly ProviderCertificate[], files: readonly LinkedFile[]): Facts[] {
  const byContent = new Map<ResourceChange, FileChange[]>();
  for (const { file, content } of files) {
    const known = content && byContent.get(content);
    if (known !== undefined) {
      known.push(file);
    } else if (content !== undefined) {
      byContent.set(content, [file]);
    }
  }
  return provided.map(({ change, facts, parts }) => {
    const own = [...new Set([change, ...parts])].flatMap((each) => byContent.get(each) ?? []);
    return own.length === 0 ? facts : { ...facts, fate: isChanged(facts) ? facts.fate : "recorded", files: own };
  });
}

/** Keys that are removed or replaced, and whose certificates the plan does not name. */
function keysOfUnknownCertificates(index: PlanIndex, provided: readonly ProviderCertificate[]): ResourceChange[] {
  const known = new Set(provided.flatMap(({ parts }) => parts));
  return index.keys
    .map(({ change }) => change)
    .filter((change) => ["replace", "delete"].includes(actionOf(change)) && !known.has(change));
}

function undeterminedKey(source: string, address: string): Facts {
  return {
    ...{ source, address, title: address, isAuthority: false, fate: "untold" },
    ...{ differences: NO_DIFFERENCE, isDue: false, isReissued: false },
    ...{ key: "unknown", authority: "unknown", files: [] },
    notes: ["this key is removed or replaced, and the plan does not say which certificate uses it"],
  };
}

function isRenewed({ fate, isAuthority, isDue }: Facts): boolean {
  return fate === "remade" && !isAuthority && isDue;
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

import type { Plan } from "../../terraform/plan";
import type { ResourceChange } from "../../terraform/resource-change";
import type { FileChange } from "../certificate-change";
import type { OtherChange } from "../other-change";
import { actionOf } from "./actions";
import { authoritiesMadeElsewhere } from "./authorities-made-elsewhere";
import { type Facts, isChanged } from "./facts";
import { fileChanges, type LinkedFile } from "./file-changes";
import { machineCertificates } from "./machine-certificates";
import { PlanIndex } from "./plan-index";
import { type ProviderCertificate, providerCertificates } from "./provider-certificates";
import { reasonOf } from "./reasons";

/** What a plan tells, before it is judged. */
export interface Extract {
  readonly certificates: readonly Facts[];
  readonly others: readonly OtherChange[];
  readonly drift: readonly OtherChange[];
}

/** @param now for a plan that does not tell when it was made */
export function extract(plan: Plan, now: Date): Extract {
  const index = new PlanIndex(plan);
  const files = fileChanges(index);
  const inFiles = new Set(files.flatMap(({ content }) => content ?? []));
  const provided = providerCertificates(plan, index, inFiles, now);
  const machine = machineCertificates(plan, index);
  const certificates = withFiles(provided, files);
  const listed = new Set(certificates.flatMap((one) => one.files.map(({ address }) => address)));
  const told = new Set<ResourceChange>([
    ...index.certificates.map(({ change }) => change),
    ...machine.told,
    ...provided.flatMap(({ facts, parts }) => (isChanged(facts) ? parts : [])),
    ...files.filter(({ file }) => listed.has(file.address)).map(({ change }) => change),
  ]);
  const others = plan.changes.filter(
    (change) => (actionOf(change) !== "no-op" || change.isImported) && !told.has(change),
  );
  // That one is due is found as a drift.
  const renewed = new Set(certificates.flatMap((one) => (isRenewed(one) ? [one.address] : [])));
  return {
    certificates: [...certificates, ...machine.certificates, ...authoritiesMadeElsewhere(plan, index)],
    others: [...others.map((change) => toOther(plan.source, change)), ...machine.others],
    drift: plan.drift.filter((change) => !renewed.has(change.address)).map((change) => toOther(plan.source, change)),
  };
}

/** The certificates with the files that have them, or their keys. A change of a file alone is a change of its certificate. */
function withFiles(provided: readonly ProviderCertificate[], files: readonly LinkedFile[]): Facts[] {
  const byContent = new Map<ResourceChange, FileChange[]>();
  for (const { file, content } of files) {
    if (content !== undefined) {
      byContent.set(content, [...(byContent.get(content) ?? []), file]);
    }
  }
  return provided.map(({ change, facts, parts }) => {
    const own = [...new Set([change, ...parts])].flatMap((each) => byContent.get(each) ?? []);
    return own.length === 0 ? facts : { ...facts, fate: isChanged(facts) ? facts.fate : "recorded", files: own };
  });
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

import { isList } from "../../values/plain-data";
import { InputError } from "../input-error";
import type { JsonSlice } from "../read/json-slice";
import { publicText } from "../show/public-text";
import { certificatesIn } from "./decode-attributes";
import { readDocument, refusingBroken } from "./document";
import { type PlannedText, UNKNOWN } from "./planned-values";
import { References } from "./references";
import { type ResourceChange, toResourceChange } from "./resource-change";

/** An output of a plan: of its values, certificates alone are kept. */
interface OutputChange {
  readonly name: string;
  readonly actions: readonly string[];
  /** Where it is a certificate, or several: their PEM. */
  readonly certificates: PlannedText;
}

/** A plan, without what is of no account to its certificates. */
export interface Plan {
  /** The file, as it was named. */
  readonly source: string;
  /** When it was made, where it says that: RFC 3339. */
  readonly time: Date | undefined;
  /** Whether it is for everything, as one with `-target` is not. */
  readonly isComplete: boolean;
  readonly changes: readonly ResourceChange[];
  /** What was found to be otherwise than in the state. */
  readonly drift: readonly ResourceChange[];
  readonly outputs: readonly OutputChange[];
  /** How many changes it defers, because it does not know enough yet. */
  readonly deferred: number;
  readonly references: References;
}

/**
 * Reads what `terraform show -json PLAN` writes.
 *
 * @param source the file, for messages
 * @throws InputError where it is no plan, or one that failed
 */
export function readPlan(source: string, bytes: Uint8Array): Plan {
  const { kind, members } = readDocument(source, bytes);
  if (kind === "state") {
    const fix = 'give a plan: "terraform plan -out PLAN", and then "terraform show -json PLAN"';
    throw new InputError(source, "is a state, and no plan", fix);
  }
  return refusingBroken(source, () => {
    if (members.get("errored")?.value() === true) {
      const fix = "run the plan again, look at what it says, and review the one that succeeds";
      throw new InputError(source, "is a plan that failed, so that what it would do is not known", fix);
    }
    return toPlan(source, members);
  });
}

function toPlan(source: string, members: ReadonlyMap<string, JsonSlice>): Plan {
  const time = new Date(String(members.get("timestamp")?.value()));
  const deferred = members.get("deferred_changes")?.value();
  return {
    source,
    time: Number.isNaN(time.getTime()) ? undefined : time,
    isComplete: members.get("complete")?.value() !== false,
    changes: changesIn(members.get("resource_changes")),
    drift: changesIn(members.get("resource_drift")),
    outputs: [...(members.get("output_changes")?.members ?? [])].map(([name, change]) => {
      const valueOf = (member: string): unknown => change.members.get(member)?.value();
      return {
        name: publicText(name),
        actions: actionsIn(change.members.get("actions")),
        certificates: {
          before: certificatesIn(valueOf("before")),
          after: valueOf("after_unknown") === true ? UNKNOWN : certificatesIn(valueOf("after")),
        },
      };
    }),
    deferred: isList(deferred) ? deferred.length : 0,
    references: References.fromConfiguration(members.get("configuration")),
  };
}

function changesIn(slice: JsonSlice | undefined): ResourceChange[] {
  const changes: ResourceChange[] = [];
  slice?.forEach((element) => {
    changes.push(toResourceChange(element.value()));
  });
  return changes;
}

function actionsIn(slice: JsonSlice | undefined): string[] {
  const actions = slice?.value();
  return isList(actions) ? actions.map((action) => publicText(String(action))) : [];
}

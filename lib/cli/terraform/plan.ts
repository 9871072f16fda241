import { isList } from "../../values/plain-data";
import { InputError } from "../input-error";
import type { JsonSlice } from "../read/json-slice";
import { publicText } from "../show/public-text";
import { certificatesIn } from "./decode-attributes";
import { readDocument, refusingBroken } from "./document";
import { type PlannedText, UNKNOWN } from "./planned-values";
import { References } from "./references";
import { type ResourceChange, toResourceChange } from "./resource-change";

/** An output of a plan. Of its values, only certificates are kept. */
interface OutputChange {
  readonly name: string;
  readonly actions: readonly string[];
  /** The PEM, if the value is one certificate or several. */
  readonly certificates: PlannedText;
}

/** The part of a plan that matters for certificates. */
export interface Plan {
  /** The file, as the user named it. */
  readonly source: string;
  /** The time when the plan was made, if it says so. */
  readonly time: Date | undefined;
  /** Whether the plan covers all resources. A plan with `-target` does not. */
  readonly isComplete: boolean;
  readonly changes: readonly ResourceChange[];
  /** The resources that differ from the state. */
  readonly drift: readonly ResourceChange[];
  readonly outputs: readonly OutputChange[];
  /** The number of changes that the plan defers because values are not known yet. */
  readonly deferred: number;
  readonly references: References;
}

/**
 * Reads the output of `terraform show -json PLAN`.
 *
 * @param source the file, for messages
 * @throws InputError if it is not a plan, or if the plan failed
 */
export function readPlan(source: string, bytes: Uint8Array): Plan {
  const { kind, members } = readDocument(source, bytes, "plan");
  if (kind === "state") {
    const fix = 'pass a plan: run "terraform plan -out PLAN", and then "terraform show -json PLAN"';
    throw new InputError(source, "is a state, not a plan", fix);
  }
  return refusingBroken(source, "plan", () => {
    if (members.get("errored")?.value() === true) {
      const fix = "run the plan again, read its errors, and review a plan that succeeds";
      throw new InputError(source, "is a failed plan, so its effect is unknown", fix);
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

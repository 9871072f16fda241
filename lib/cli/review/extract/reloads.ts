import type { MachineReload } from "../../read/machine-text";
import type { Plan } from "../../terraform/plan";
import type { ResourceChange } from "../../terraform/resource-change";
import type { OtherChange } from "../other-change";
import type { Reload } from "../reload";
import { actionOf } from "./actions";
import { isOfPlan } from "./machine-certificates";
import type { Change, PlanIndex } from "./plan-index";

/** The changes in a plan that concern reload commands. */
export interface Reloads {
  /** The commands that the plan runs. */
  readonly reloads: readonly Reload[];
  /** The commands whose declaration changes, and that the plan does not run. */
  readonly others: readonly OtherChange[];
  /** The resources whose changes are reported here. */
  readonly told: readonly ResourceChange[];
}

/** One reload command, in either custody. */
interface Piece {
  readonly change: ResourceChange;
  readonly address: string;
  readonly broker: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** The reason why it runs; undefined if it does not run. */
  readonly reason: string | undefined;
}

export function reloadsOf(plan: Plan, index: PlanIndex): Reloads {
  const ofMachine = index.machines.filter((one) => hasReloads(one.before) || hasReloads(one.after));
  const pieces = [...ofMachine.flatMap((one) => piecesOfMachine(one, plan)), ...index.reloads.map(toPiece)].filter(
    ({ change }) => actionOf(change) !== "unknown",
  );
  const { source } = plan;
  return {
    reloads: pieces.flatMap(({ address, broker, after, reason }) =>
      after === undefined || reason === undefined ? [] : [{ source, address, broker, command: after, reason }],
    ),
    others: pieces.flatMap(({ address, before, after, reason }) =>
      before === undefined || after === undefined || before === after || reason !== undefined
        ? []
        : [{ source, address, action: "update", detail: `another command is declared: ${after}` }],
    ),
    told: pieces.map(({ change }) => change),
  };
}

function hasReloads(side: Change<"machine">["after"]): boolean {
  return side !== undefined && side.reloads.size > 0;
}

/** Custody "machine": one resource has all commands, each with the token of its last run. */
function piecesOfMachine({ change, before, after }: Change<"machine">, plan: Plan): Piece[] {
  const folders = new Set([...(before?.reloads.keys() ?? []), ...(after?.reloads.keys() ?? [])]);
  return [...folders].map((folder) => {
    const [old, next]: (MachineReload | undefined)[] = [before?.reloads.get(folder), after?.reloads.get(folder)];
    return {
      change,
      address: `${change.address}[${JSON.stringify(folder)}]`,
      broker: folder.replace(/^brokers\//, ""),
      before: old?.command,
      after: next?.command,
      reason: next !== undefined && isOfPlan(old?.token, next.token, plan) ? next.token.words : undefined,
    };
  });
}

/** Custody "state": each command has its own resource, and a replacement runs it. */
function toPiece({ change, before, after }: Change<"reload">): Piece {
  return {
    change,
    address: change.address,
    broker: (after ?? before)?.address ?? "",
    before: before?.command,
    after: after?.command,
    reason: reasonFor(change),
  };
}

function reasonFor(change: ResourceChange): string | undefined {
  switch (actionOf(change)) {
    case "create":
      return "it was never run";
    case "replace":
      return change.reason === "replace_because_tainted" ? "it failed before" : "its files change";
    default:
      return undefined;
  }
}

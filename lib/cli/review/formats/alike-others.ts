import { grouped } from "../../show/grouped";
import type { OtherChange } from "../other-change";
import type { Reload } from "../reload";

/** Other changes that are shown together: the engine does the same with each. */
export interface AlikeOthers extends Pick<OtherChange, "action" | "detail"> {
  readonly addresses: readonly string[];
  /** The plans that contain them. */
  readonly sources: readonly string[];
}

/** Runs of one command for one reason. */
export interface AlikeReloads extends Pick<Reload, "command" | "reason"> {
  readonly brokers: readonly string[];
  /** The plans that contain them. */
  readonly sources: readonly string[];
}

export function alikeOthers(changes: readonly OtherChange[]): AlikeOthers[] {
  return grouped(changes, ({ action, detail }) => JSON.stringify([action, detail ?? ""])).map((each) => {
    const [{ action, detail }] = each;
    return {
      addresses: each.map(({ address }) => address),
      action,
      ...(detail !== undefined && { detail }),
      sources: sourcesOf(each),
    };
  });
}

export function alikeReloads(reloads: readonly Reload[]): AlikeReloads[] {
  return grouped(reloads, ({ command, reason }) => JSON.stringify([command, reason])).map((each) => {
    const [{ command, reason }] = each;
    return { brokers: each.map(({ broker }) => broker), command, reason, sources: sourcesOf(each) };
  });
}

function sourcesOf(all: readonly { readonly source: string }[]): string[] {
  return [...new Set(all.map(({ source }) => source))];
}

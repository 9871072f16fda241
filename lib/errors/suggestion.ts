import { closest, distance } from "fastest-levenshtein";
import { quote } from "./quote";

const NAMES_AT_MOST = 30;

/** What to do about a name that is none of `known`: the one that was meant, where one is near; else those that there are. */
export function suggest(name: string, known: readonly string[]): string {
  const near = closest(name.toLowerCase(), known);
  const isNear = distance(name.toLowerCase(), near.toLowerCase()) <= Math.max(1, Math.floor(name.length / 3));
  if (isNear) {
    return `did you mean ${/^\w+$/.test(near) ? near : quote(near)}?`;
  }
  const others = known.length - NAMES_AT_MOST;
  return `choose from ${known.slice(0, NAMES_AT_MOST).join(", ")}${others > 0 ? `, and ${others} more` : ""}`;
}

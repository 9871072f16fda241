import { distance } from "fastest-levenshtein";

const NAMES_AT_MOST = 30;

/** What to do about a name that is none of `known`: the one that was meant, where that is plain; else those that there are. */
export function suggest(name: string, known: readonly string[]): string {
  const meant = known.find((one) => isSlip(name, one)) ?? known.find((one) => isBeginning(name, one));
  return meant === undefined ? `choose from ${listed(known)}` : `did you mean ${meant}?`;
}

/** Names, the first of many. */
export function listed(known: readonly string[]): string {
  const others = known.length - NAMES_AT_MOST;
  return `${known.slice(0, NAMES_AT_MOST).join(", ")}${others > 0 ? `, and ${others} more` : ""}`;
}

/** One letter too many, too few, or another; or two that changed places. */
function isSlip(name: string, known: string): boolean {
  const [one, other] = [name.toLowerCase(), known.toLowerCase()];
  const letters = (text: string): string => [...text].sort().join("");
  const difference = distance(one, other);
  return one.length > 2 && (difference <= 1 || (difference === 2 && letters(one) === letters(other)));
}

function isBeginning(name: string, known: string): boolean {
  return name.length > 2 && known.toLowerCase().startsWith(name.toLowerCase());
}

import { distance } from "fastest-levenshtein";

const NAMES_AT_MOST = 30;

/** The fix for a name that is not one of `known`: the name that was probably meant, or all known names. */
export function suggest(name: string, known: readonly string[]): string {
  const meant = known.find((one) => isSlip(name, one)) ?? known.find((one) => isBeginning(name, one));
  return meant === undefined ? `choose from ${listed(known)}` : `did you mean ${meant}?`;
}

/** The first names of a list, and the number of the others. */
export function listed(known: readonly string[]): string {
  const others = known.length - NAMES_AT_MOST;
  return `${known.slice(0, NAMES_AT_MOST).join(", ")}${others > 0 ? `, and ${others} more` : ""}`;
}

/** Whether one letter is added, missing or different, or two letters are swapped. */
function isSlip(name: string, known: string): boolean {
  const [one, other] = [name.toLowerCase(), known.toLowerCase()];
  const letters = (text: string): string => [...text].sort().join("");
  const difference = distance(one, other);
  return one.length > 2 && (difference <= 1 || (difference === 2 && letters(one) === letters(other)));
}

function isBeginning(name: string, known: string): boolean {
  return name.length > 2 && known.toLowerCase().startsWith(name.toLowerCase());
}

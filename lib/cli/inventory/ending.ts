import { isDue } from "../../values/renewal";
import type { Entry } from "./entry";

/**
 * Whether a certificate is over within that time, or before; or nobody can say when it is.
 *
 * @param hours from now on
 */
export function endsWithin({ notAfter }: Entry, hours: number, now: Date): boolean {
  return notAfter === null || isDue(new Date(notAfter), hours, now);
}

/** When it ends, as the rest of a sentence. */
export function endOf({ notAfter, estimated, daysLeft }: Entry): string {
  if (notAfter === null || daysLeft === null) {
    return "ends at a time that is not known";
  }
  const date = `${estimated ? "about " : ""}${notAfter}`;
  return daysLeft < 0 ? `ended ${date}` : `ends ${date}, ${daysLeft} days from now`;
}

import { isDue } from "../../values/renewal";
import type { Entry } from "./entry";

/**
 * Whether a certificate has expired, expires within that time, or has an unknown expiry date.
 *
 * @param hours the time from now
 */
export function endsWithin({ notAfter }: Entry, hours: number, now: Date): boolean {
  return notAfter === null || isDue(new Date(notAfter), hours, now);
}

/** When the certificate expires, as the rest of a sentence. */
export function endOf({ notAfter, estimated, daysLeft }: Entry): string {
  if (notAfter === null || daysLeft === null) {
    return "expires at an unknown time";
  }
  const date = `${estimated ? "about " : ""}${notAfter}`;
  return daysLeft < 0 ? `expired ${date}` : `expires ${date}, ${daysLeft} days from now`;
}

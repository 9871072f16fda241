import { addHours } from "./time";

/** The time from which a certificate is due for renewal. */
export function renewalTime(notAfter: Date, renewBeforeHours: number): Date {
  return addHours(notAfter, -renewBeforeHours);
}

/** Whether a certificate is due: a deployment at exactly its time of renewal renews it. */
export function isDue(notAfter: Date, renewBeforeHours: number, now: Date): boolean {
  return now >= renewalTime(notAfter, renewBeforeHours);
}

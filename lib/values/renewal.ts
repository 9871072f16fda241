import { addHours } from "./time";

/** When a certificate is due for renewal: so long before its end. */
export function renewalTime(notAfter: Date, renewBeforeHours: number): Date {
  return addHours(notAfter, -renewBeforeHours);
}

/** Whether it is due by then: a deployment at its moment of renewal does renew it. */
export function isDue(notAfter: Date, renewBeforeHours: number, now: Date): boolean {
  return now >= renewalTime(notAfter, renewBeforeHours);
}

/** Fewer days left than this are near: clients and people need time to act. */
const NEAR = 30;

/** Whether a certificate expires soon, or has expired. */
export function isNear(daysLeft: number | null): boolean {
  return daysLeft !== null && daysLeft < NEAR;
}

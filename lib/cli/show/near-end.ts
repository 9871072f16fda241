/** Days under which an end is near: clients and people need time to act. */
const NEAR = 30;

/** Whether an end is near, or over. */
export function isNear(daysLeft: number | null): boolean {
  return daysLeft !== null && daysLeft < NEAR;
}

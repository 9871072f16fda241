/** In their order. */
export const MONTHS: readonly string[] = [
  ...["January", "February", "March", "April", "May", "June"],
  ...["July", "August", "September", "October", "November", "December"],
];

/** `2027-03`, of a time of RFC 3339 */
export function monthOf(time: string): string {
  return time.slice(0, 7);
}

/** `March 2027`, of `2027-03` */
export function nameOfMonth(month: string): string {
  return `${MONTHS[Number(month.slice(5)) - 1] ?? ""} ${month.slice(0, 4)}`;
}

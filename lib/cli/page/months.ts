/** The names of the months, in order. */
export const MONTHS: readonly string[] = [
  ...["January", "February", "March", "April", "May", "June"],
  ...["July", "August", "September", "October", "November", "December"],
];

/** The month of a time in RFC 3339: `2027-03`. */
export function monthOf(time: string): string {
  return time.slice(0, 7);
}

/** The name of a month: `March 2027` for `2027-03`. */
export function nameOfMonth(month: string): string {
  return `${MONTHS[Number(month.slice(5)) - 1] ?? ""} ${month.slice(0, 4)}`;
}

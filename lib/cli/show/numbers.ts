/** `1 output`, `2 outputs`, `10,000 outputs` */
export function numberOf(count: number, what: string): string {
  return `${decimal(count)} ${what}${count === 1 ? "" : "s"}`;
}

/** With a comma for each thousand, in every locale. */
export function decimal(count: number): string {
  return count.toLocaleString("en-US");
}

const collator = new Intl.Collator("en", { numeric: true });

/** Compares names with numbers by value: `mqtt-2` before `mqtt-10`. */
export function naturalOrder(one: string, other: string): number {
  return collator.compare(one, other);
}

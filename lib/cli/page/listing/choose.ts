import type { Choice, Listing } from "./listing";

/** The rows that are shown at once, so that a long list takes no longer. */
export const ROWS_A_PAGE = 100;

/** The rows of a choice on all of its pages, in its order. The sort is stable. */
export function choose<Row>(listing: Listing<Row>, { text, options, order, isDescending }: Choice): Row[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const filters = listing.filters.flatMap(({ id, accepts }) => {
    const value = options[id] ?? "";
    return value === "" ? [] : [(row: Row) => accepts(row, value)];
  });
  const found = listing.rows.filter((row) => filters.every((accepts) => accepts(row)) && hasAll(words, row, listing));
  const compare = listing.columns.find(({ id }) => id === order)?.compare;
  const sign = isDescending ? -1 : 1;
  return compare === undefined ? found : found.sort((one, other) => sign * compare(one, other));
}

/** Whether a row contains all words, each in any of its texts. Case is ignored. */
function hasAll<Row>(words: readonly string[], row: Row, { textsOf }: Listing<Row>): boolean {
  if (words.length === 0) {
    return true;
  }
  const texts = textsOf(row).join("\n").toLowerCase();
  return words.every((word) => texts.includes(word));
}

/** The number of the last page, from 0. */
export function lastPage(count: number): number {
  return Math.max(0, Math.ceil(count / ROWS_A_PAGE) - 1);
}

/** Compares names with numbers by value: `mqtt-2` before `mqtt-10`. */
const NAMES = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

export function compareNames(one: string, other: string): number {
  return NAMES.compare(one, other);
}

/** Compares times in RFC 3339, in UTC. Unknown times come last. */
export function compareTimes(one: string | null | undefined, other: string | null | undefined): number {
  const [first, second] = [one ?? "~", other ?? "~"];
  return first === second ? 0 : first < second ? -1 : 1;
}

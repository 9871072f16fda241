import type { Choice, Listing } from "./listing";

/** As many are shown at once: so it takes no longer where there are many. */
export const ROWS_A_PAGE = 100;

/** The rows of a choice, in its order, on all of its pages. Those that are the same in that order stay as they were. */
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

/** Without a regard to capitals. Each word may be in another of its texts. */
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

/** Names in the order in which a reader looks for them: `mqtt-2` before `mqtt-10`. */
const NAMES = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

export function compareNames(one: string, other: string): number {
  return NAMES.compare(one, other);
}

/** Times of RFC 3339, in UTC; what is not known comes last. */
export function compareTimes(one: string | null | undefined, other: string | null | undefined): number {
  const [first, second] = [one ?? "~", other ?? "~"];
  return first === second ? 0 : first < second ? -1 : 1;
}

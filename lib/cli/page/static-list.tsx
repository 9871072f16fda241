import { h, type Markup } from "./markup/markup";
import { choose } from "./listing/choose";
import { firstChoice, type Listing } from "./listing/listing";
import { Table } from "./listing/table";
import { decimal, numberOf } from "../show/numbers";

/** The rows that a page lists without its script. With all rows, the page would be twice as large. */
const ROWS_AT_MOST = 1_000;

/** The place of the list, with a static list for browsers without scripts. */
export function ListSection<Row>({
  listing,
  title,
}: {
  readonly listing: Listing<Row>;
  readonly title: string;
}): Markup {
  const { rows, what } = listing;
  const shown = choose(listing, firstChoice(listing)).slice(0, ROWS_AT_MOST);
  return (
    <section id="list" tabindex={-1} aria-labelledby="list-title">
      <h2 id="list-title">{title}</h2>
      <div id="listing">
        <p class="quiet">The script of this page shows the list here.</p>
      </div>
      <noscript>
        <p class="note">
          {rows.length > shown.length
            ? `Scripts are off in this browser. Below are the first ${decimal(shown.length)} of ${numberOf(rows.length, what)}, without filters. With scripts, the page lists all.`
            : "Scripts are off in this browser, so the list has no filters."}
        </p>
        {shown.length > 0 && <Table listing={listing} rows={shown} caption={title} />}
      </noscript>
    </section>
  );
}

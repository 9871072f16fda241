import { decimal, numberOf } from "../../show/numbers";
import { Fragment, h, type Markup } from "../markup/markup";
import { lastPage, ROWS_A_PAGE } from "./choose";
import type { Choice, Filter, Listing } from "./listing";
import { Table } from "./table";

/** The filters of a list. The browser's script finds them by their `data-` attributes. */
export function Controls<Row>({ listing }: { readonly listing: Pick<Listing<Row>, "filters"> }): Markup {
  return (
    <search class="controls">
      <label>
        <span>Find</span>
        <input type="search" autocomplete="off" spellcheck="false" />
      </label>
      {listing.filters.map((filter) => (
        <Select filter={filter} />
      ))}
      <button type="button" data-reset="">
        Show all
      </button>
    </search>
  );
}

function Select<Row>({ filter: { id, label, any, options } }: { readonly filter: Filter<Row> }): Markup {
  return (
    <label>
      <span>{label}</span>
      <select data-filter={id}>
        <option value="">{any}</option>
        {options.map(({ value, text }) => (
          <option value={value}>{text}</option>
        ))}
      </select>
    </label>
  );
}

interface FoundProps<Row> {
  readonly listing: Listing<Row>;
  readonly choice: Choice;
  /** All chosen rows. */
  readonly found: readonly Row[];
  /** Whether all rows are shown at once, as for print. */
  readonly isWhole: boolean;
}

/** A page of the chosen rows, with buttons that sort it and turn pages. */
export function Found<Row>({ listing, choice, found, isWhole }: FoundProps<Row>): Markup {
  const last = lastPage(found.length);
  // A table for each page: browsers take minutes to break one large table into sheets.
  const pages = isWhole ? Array.from({ length: last + 1 }, (_, page) => page) : [choice.page];
  return (
    <>
      {found.length > 0 &&
        pages.map((page) => (
          <Table listing={listing} rows={pageOf(found, page)} caption={`${listing.what}s`} choice={choice} />
        ))}
      {pages.length <= last && <Pages page={choice.page} last={last} />}
    </>
  );
}

function pageOf<Row>(found: readonly Row[], page: number): readonly Row[] {
  return found.slice(page * ROWS_A_PAGE, (page + 1) * ROWS_A_PAGE);
}

/** The number of found rows, and which of them are shown. */
export function statusOf<Row>({ listing, choice, found, isWhole }: FoundProps<Row>): string {
  const [all, first, shown] = [listing.rows.length, choice.page * ROWS_A_PAGE, pageOf(found, choice.page).length];
  const of =
    found.length === all ? numberOf(all, listing.what) : `${decimal(found.length)} of ${numberOf(all, listing.what)}`;
  return isWhole || shown === found.length ? of : `${of}, ${decimal(first + 1)} to ${decimal(first + shown)} shown`;
}

/** An unavailable action stays a button, so that the focus does not move. */
function Pages({ page, last }: { readonly page: number; readonly last: number }): Markup {
  return (
    <nav class="pages" aria-label="Pages of the list">
      <button type="button" data-turn="-1" aria-disabled={page === 0}>
        Previous
      </button>
      <span>
        Page {decimal(page + 1)} of {decimal(last + 1)}
      </span>
      <button type="button" data-turn="1" aria-disabled={page === last}>
        Next
      </button>
    </nav>
  );
}

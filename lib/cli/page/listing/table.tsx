import { h, type Markup } from "../markup/markup";
import { groupedBy } from "../grouped";
import type { Choice, Column, Listing } from "./listing";

interface TableProps<Row> {
  readonly listing: Listing<Row>;
  readonly rows: readonly Row[];
  readonly caption: string;
  /** The order of the rows. Undefined if it cannot change: in a page without scripts. */
  readonly choice?: Choice;
}

/**
 * The table of a list. Its roles are explicit: on a phone, the rows are laid out as blocks, and browsers would no longer treat it
 * as a table.
 */
export function Table<Row>({ listing, rows, caption, choice }: TableProps<Row>): Markup {
  const { columns } = listing;
  return (
    <table role="table" class="list">
      <caption class="unseen">{caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map((column) => (
            <Head column={column} choice={choice} />
          ))}
        </tr>
      </thead>
      {inGroups(listing, rows, choice).map(({ heading, rows: group }) => (
        <tbody role="rowgroup">
          {heading !== "" && (
            <tr role="row" class="heading">
              <th role="rowheader" scope="rowgroup" colspan={columns.length}>
                {heading}
              </th>
            </tr>
          )}
          {group.map((row) => (
            <tr role="row">
              {columns.map((column) => (
                <Cell column={column} row={row} />
              ))}
            </tr>
          ))}
        </tbody>
      ))}
    </table>
  );
}

interface HeadProps<Row> {
  readonly column: Column<Row>;
  readonly choice: Choice | undefined;
}

function Head<Row>({ column: { id, head, compare }, choice }: HeadProps<Row>): Markup {
  if (compare === undefined || choice === undefined) {
    return (
      <th role="columnheader" scope="col" class={`head-${id} fixed`}>
        {head}
      </th>
    );
  }
  const sort = choice.order !== id ? "none" : choice.isDescending ? "descending" : "ascending";
  return (
    <th role="columnheader" scope="col" class={`head-${id}`} aria-sort={sort}>
      <button type="button" data-order={id}>
        {head}
        <span aria-hidden="true" class="arrow">
          {sort === "none" ? "↕" : sort === "ascending" ? "↑" : "↓"}
        </span>
      </button>
    </th>
  );
}

interface CellProps<Row> {
  readonly column: Column<Row>;
  readonly row: Row;
}

function Cell<Row>({ column: { id, head, cell, isName }, row }: CellProps<Row>): Markup {
  return isName === true ? (
    <th role="rowheader" scope="row" class={`cell ${id}`}>
      {cell(row)}
    </th>
  ) : (
    <td role="cell" class={`cell ${id}`} data-head={head}>
      <div>{cell(row)}</div>
    </td>
  );
}

interface Group<Row> {
  readonly heading: string;
  readonly rows: readonly Row[];
}

/** Groups rows below their headings; one group without a heading if the order has none. */
function inGroups<Row>(listing: Listing<Row>, rows: readonly Row[], choice: Choice | undefined): Group<Row>[] {
  const headingOf = listing.headings[choice?.order ?? listing.firstOrder];
  if (headingOf === undefined) {
    return [{ heading: "", rows }];
  }
  return [...groupedBy(rows, headingOf)].map(([heading, group]) => ({ heading, rows: group }));
}

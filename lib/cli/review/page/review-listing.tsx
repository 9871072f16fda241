import { h } from "../../page/markup/markup";
import { compareNames, compareTimes } from "../../page/listing/choose";
import type { Column, Filter, Listing } from "../../page/listing/listing";
import { nameOfMonth, monthOf } from "../../page/months";
import { ALL_GROUPS, compareGroups, GROUPS } from "../../show/groups";
import { AuthorityCell, EndCell, MeaningCell, NameCell, PartsCell } from "./cells";
import type { ReviewData, Row } from "./row";

/** The list of the changes of a review, the most urgent group first. */
export function reviewListing({ rows, hasSources }: Pick<ReviewData, "rows" | "hasSources">): Listing<Row> {
  return {
    what: "change",
    rows,
    columns: columnsOf(hasSources),
    filters: filtersOf(rows),
    textsOf: ({ title, address, source, kinds, warnings, remarks, before, after, files }) => [
      ...[title, address, source, ...kinds, ...warnings, ...remarks, ...files],
      ...[...(before?.names ?? []), ...(after?.names ?? []), before?.issuer ?? "", after?.issuer ?? ""],
    ],
    firstOrder: "group",
    headings: { group: ({ group }) => GROUPS[group] },
  };
}

function columnsOf(hasSources: boolean): readonly Column<Row>[] {
  return [
    {
      id: "name",
      head: "Name",
      cell: (row) => <NameCell row={row} hasSource={hasSources} />,
      compare: (one, other) => compareNames(one.title, other.title),
      isName: true,
    },
    {
      id: "group",
      head: "What it means",
      cell: (row) => <MeaningCell row={row} />,
      compare: (one, other) => compareGroups(one.group, other.group),
    },
    {
      id: "end",
      head: "Expires",
      cell: (row) => <EndCell row={row} />,
      compare: (one, other) => compareTimes(endOf(one), endOf(other)),
    },
    {
      id: "authority",
      head: "Authority",
      cell: (row) => <AuthorityCell row={row} />,
      compare: (one, other) => compareNames(authorityOf(one), authorityOf(other)),
    },
    { id: "parts", head: "What changes", cell: (row) => <PartsCell row={row} /> },
  ];
}

function filtersOf(rows: readonly Row[]): readonly Filter<Row>[] {
  const kinds = [...new Set(rows.flatMap((row) => row.kinds))].sort();
  const authorities = [...new Set(rows.map(authorityOf))].sort(compareNames);
  const months = [...new Set(rows.map((row) => monthOf(endOf(row) ?? "")))].sort();
  return [
    {
      id: "group",
      label: "Who must act",
      any: "Any",
      options: ALL_GROUPS.map((group) => ({ value: group, text: GROUPS[group] })),
      accepts: (row, group) => row.group === group,
    },
    {
      id: "kind",
      label: "Kind",
      any: "Any kind",
      options: kinds.map((kind) => ({ value: kind, text: kind })),
      accepts: (row, kind) => row.kinds.some((each) => each === kind),
    },
    {
      id: "end",
      label: "Expires",
      any: "Any time",
      // An empty value means "any".
      options: months.map((month) => ({ value: `=${month}`, text: month === "" ? "Unknown" : nameOfMonth(month) })),
      accepts: (row, value) => `=${monthOf(endOf(row) ?? "")}` === value,
    },
    {
      id: "authority",
      label: "Authority",
      any: "Any authority",
      options: authorities.map((name) => ({ value: `=${name}`, text: name === "" ? "Unknown" : name })),
      accepts: (row, value) => `=${authorityOf(row)}` === value,
    },
  ];
}

/** The expiry date after the plan; for a removed certificate, its current one. */
function endOf({ before, after }: Row): string | undefined {
  return (after ?? before)?.notAfter;
}

/** The authority after the plan; for a removed certificate, or if the same authority signs, the current one. */
function authorityOf({ before, after, authority }: Row): string {
  return after?.issuer ?? (after === undefined || authority === "same" ? before?.issuer : undefined) ?? "";
}

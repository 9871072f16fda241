import { Fragment, h, type Markup } from "../../page/markup/markup";
import { compareNames, compareTimes } from "../../page/listing/choose";
import type { Column, Filter, Listing } from "../../page/listing/listing";
import { Badge, Day, Name } from "../../page/text";
import { ALL_GROUPS, GROUPS } from "../../show/groups";
import { numberOf } from "../../show/numbers";
import { endOptions, endsThen, NEAR_DAYS } from "./ends";
import type { InventoryData, Row } from "./row";
import { ALL_STATES, stateOf, STATES } from "./states";

/** The certificates of an inventory; the first to expire come first. */
export function inventoryListing({ rows }: Pick<InventoryData, "rows">): Listing<Row> {
  const hasSources = new Set(rows.map(({ source }) => source)).size > 1;
  return {
    what: "certificate",
    rows,
    columns: columnsOf(hasSources),
    filters: filtersOf(rows),
    textsOf: ({ address, names, issuer, reasons, source, location, serialNumber, fingerprint, keyType }) => [
      ...[address, ...names, ...reasons, source, location],
      ...[issuer?.commonName ?? "", serialNumber ?? "", fingerprint ?? "", keyType ?? ""],
    ],
    firstOrder: "end",
    headings: {},
  };
}

function columnsOf(hasSources: boolean): readonly Column<Row>[] {
  return [
    {
      id: "name",
      head: "Name",
      cell: (row) => <NameCell row={row} hasSource={hasSources} />,
      compare: (one, other) => compareNames(one.address, other.address),
      isName: true,
    },
    {
      id: "end",
      head: "Expires",
      cell: (row) => <EndCell row={row} />,
      compare: (one, other) => compareTimes(one.notAfter, other.notAfter),
    },
    { id: "accepted", head: "Accepted", cell: (row) => <StateCell row={row} /> },
    {
      id: "authority",
      head: "Authority",
      cell: (row) => <AuthorityCell row={row} />,
      compare: (one, other) => compareNames(authorityOf(one), authorityOf(other)),
    },
    { id: "key", head: "Key", cell: ({ keyType }) => keyType },
    { id: "more", head: "Serial number", cell: (row) => <Digests row={row} /> },
  ];
}

function filtersOf(rows: readonly Row[]): readonly Filter<Row>[] {
  const authorities = [...new Set(rows.map(authorityOf))].sort(compareNames);
  return [
    {
      id: "group",
      label: "Who must act",
      any: "Any",
      options: ALL_GROUPS.map((group) => ({ value: group, text: GROUPS[group] })),
      accepts: (row, group) => row.group === group,
    },
    {
      id: "state",
      label: "Accepted",
      any: "Accepted or not",
      options: ALL_STATES.map((state) => ({ value: state, text: STATES[state].text })),
      accepts: (row, state) => stateOf(row) === state,
    },
    { id: "end", label: "Expires", any: "Any time", options: endOptions(rows), accepts: endsThen },
    {
      id: "authority",
      label: "Authority",
      any: "Any authority",
      // An empty value means any authority.
      options: authorities.map((name) => ({ value: `=${name}`, text: name === "" ? "Not known" : name })),
      accepts: (row, value) => `=${authorityOf(row)}` === value,
    },
  ];
}

/** `Plant CA (2)` with its generation, if there are several; empty if it is not known. */
function authorityOf({ issuer }: Pick<Row, "issuer">): string {
  return issuer === null ? "" : withNote(issuer.commonName, issuer.generation);
}

function withNote(name: string, note: number | null): string {
  return note === null ? name : `${name} (${note})`;
}

/** The most names to list; the others are counted. */
const NAMES_AT_MOST = 4;

function NameCell({ row, hasSource }: { readonly row: Row; readonly hasSource: boolean }): Markup {
  const { kind, address, names, generation, source, location } = row;
  const others = names.filter((name) => name !== address);
  const left = others.length - NAMES_AT_MOST;
  return (
    <>
      <Name text={withNote(address, generation)} />
      {kind === "authority" && <Badge kind="note">authority</Badge>}
      {others.slice(0, NAMES_AT_MOST).map((name) => (
        <div class="small">
          <Name text={name} />
        </div>
      ))}
      {left > 0 && <div class="small">and {numberOf(left, "more name")}</div>}
      <div class="small quiet">
        {hasSource && (
          <>
            <Name text={source} />{" "}
          </>
        )}
        <Name text={location} />
      </div>
    </>
  );
}

function EndCell({ row: { notAfter, renewsAt, estimated, daysLeft } }: { readonly row: Row }): Markup {
  return notAfter === null || daysLeft === null ? (
    <span class="quiet">not known</span>
  ) : (
    <>
      <Day time={notAfter} isAbout={estimated} />
      <div class={`small ${urgencyOf(daysLeft)}`}>{daysText(daysLeft)}</div>
      {renewsAt !== null && (
        <div class="small quiet">
          renewal from <Day time={renewsAt} isAbout={estimated} />
        </div>
      )}
    </>
  );
}

export function daysText(daysLeft: number): string {
  return daysLeft < 0 ? `expired ${numberOf(-daysLeft, "day")} ago` : `in ${numberOf(daysLeft, "day")}`;
}

/** The class that colours the time left. */
export function urgencyOf(daysLeft: number | null): "over" | "near" | "soon" | "quiet" {
  const [near, soon] = NEAR_DAYS;
  return daysLeft === null || daysLeft >= soon ? "quiet" : daysLeft < 0 ? "over" : daysLeft < near ? "near" : "soon";
}

function StateCell({ row }: { readonly row: Row }): Markup {
  const state = stateOf(row);
  return (
    <>
      <Badge kind={state} sign={STATES[state].sign}>
        {STATES[state].text}
      </Badge>
      {row.reasons.map((reason) => (
        <div class="small">
          <bdi>{reason}</bdi>
        </div>
      ))}
    </>
  );
}

function AuthorityCell({ row }: { readonly row: Row }): Markup {
  return (
    <>
      <Name text={authorityOf(row)} />
      {row.issuer?.verified === false && <div class="small quiet">not verified</div>}
    </>
  );
}

function Digests({ row: { serialNumber, fingerprint } }: { readonly row: Row }): Markup {
  return (
    <>
      <code class="small">{serialNumber}</code>
      {fingerprint !== null && (
        <details class="small">
          <summary>SHA-256</summary>
          <code>{fingerprint}</code>
        </details>
      )}
    </>
  );
}

import { Fragment, h, type Markup } from "../../page/markup/markup";
import { Frame } from "../../page/frame";
import { monthOf } from "../../page/months";
import { ListSection } from "../../page/static-list";
import { Name } from "../../page/text";
import { Violations } from "../../page/violations";
import { numberOf } from "../../show/numbers";
import type { Inventory, Unreadable } from "../entry";
import { Calendar } from "./calendar";
import type { Row } from "./row";
import { inventoryListing } from "./inventory-listing";
import { Refusals } from "./refusals";
import { stateOf } from "./states";
import { Summary } from "./summary";
import { Timeline } from "./timeline";

interface InventoryPageProps {
  readonly inventory: Inventory;
  readonly rows: readonly Row[];
}

/** The HTML page of an inventory. */
export function InventoryPage({ inventory, rows }: InventoryPageProps): Markup {
  const { time, unreadable, violations } = inventory;
  const hasDoubts = rows.some((row) => ["refused", "doubtful"].includes(stateOf(row)));
  return (
    <Frame title="Certificates" about={<About rows={rows} time={time} />} hasList>
      <Summary rows={rows} unreadable={unreadable.length} />
      {hasDoubts && (
        <section aria-labelledby="refusals">
          <h2 id="refusals">Not accepted or doubtful</h2>
          <div class="columns">
            <Refusals rows={rows} state="refused" />
            <Refusals rows={rows} state="doubtful" />
          </div>
        </section>
      )}
      <UnreadablePlaces places={unreadable} />
      <Violations violations={violations} />
      {rows.length > 0 && (
        <section aria-labelledby="ends">
          <h2 id="ends">Expiry dates</h2>
          <div class="ends-parts">
            <Timeline rows={rows} now={time} />
            <Calendar rows={rows} month={monthOf(time)} />
          </div>
        </section>
      )}
      <ListSection listing={inventoryListing({ rows })} title="All certificates" />
    </Frame>
  );
}

/** The most sources to list; the others are counted. */
const SOURCES_AT_MOST = 5;

function About({ rows, time }: { readonly rows: readonly Row[]; readonly time: string }): Markup {
  const sources = [...new Set(rows.map(({ source }) => source))];
  const left = sources.length - SOURCES_AT_MOST;
  return (
    <>
      As of <time datetime={time}>{`${time.slice(0, 10)} ${time.slice(11, 16)} UTC`}</time>
      {sources.length > 0 && ", of "}
      {sources.slice(0, SOURCES_AT_MOST).map((source, index) => (
        <span>
          {index > 0 && ", "}
          <Name text={source === "-" ? "standard input" : source} />
        </span>
      ))}
      {left > 0 && ` and ${numberOf(left, "more source")}`}
    </>
  );
}

/** The most places to list; the others are counted. */
const PLACES_AT_MOST = 100;

function UnreadablePlaces({ places }: { readonly places: readonly Unreadable[] }): Markup {
  const left = places.length - PLACES_AT_MOST;
  return places.length === 0 ? null : (
    <section aria-labelledby="unreadable">
      <h2 id="unreadable">Certificates that cannot be read</h2>
      <ul>
        {places.slice(0, PLACES_AT_MOST).map(({ source, location, reason }) => (
          <li>
            <Name text={`${source}: ${location}`} /> <bdi class="quiet">{reason}</bdi>
          </li>
        ))}
      </ul>
      {left > 0 && <p class="quiet">and {numberOf(left, "more place")}, which --format json lists</p>}
    </section>
  );
}

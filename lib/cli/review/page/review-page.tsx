import { Fragment, h, type Markup } from "../../page/markup/markup";
import { Figures } from "../../page/figures";
import { Frame } from "../../page/frame";
import { ListSection } from "../../page/static-list";
import { Name, Told } from "../../page/text";
import { Violations } from "../../page/violations";
import { countsOf, numberOf } from "../../show/numbers";
import { headlineOf } from "../formats/summary";
import { ALL_GROUPS, GROUPS } from "../../show/groups";
import type { Review } from "../review";
import type { ReviewData, Row } from "./row";
import { reviewListing } from "./review-listing";
import { OtherChanges, Reloads } from "./others";

interface ReviewPageProps {
  readonly review: Review;
  readonly data: ReviewData;
}

/** The page of a review. What a reader must know before the plans are applied comes first. */
export function ReviewPage({ review, data }: ReviewPageProps): Markup {
  const { sources, incomplete, dangers, violations, reloads, others, outputs, drift } = review;
  const hasSources = sources.length > 1;
  return (
    <Frame title={headOf(review)} about={<About review={review} />} hasList={data.rows.length > 0}>
      {incomplete.length > 0 && (
        <section class="alert doubtful" aria-labelledby="incomplete">
          <h2 id="incomplete">This review is incomplete</h2>
          <ul>
            {incomplete.map((sentence) => (
              <li>
                <bdi>{sentence}</bdi>
              </li>
            ))}
          </ul>
        </section>
      )}
      {dangers.length > 0 && (
        <section class="alert refused" aria-labelledby="dangers">
          <h2 id="dangers">Before you apply the plan</h2>
          <ul>
            {dangers.map((danger) => (
              <li>
                <Told sentence={danger} />
              </li>
            ))}
          </ul>
        </section>
      )}
      <Groups rows={data.rows} unchanged={review.unchanged} />
      <Violations violations={violations} />
      {data.rows.length > 0 && <ListSection listing={reviewListing(data)} title="All changes" />}
      <Reloads reloads={reloads} hasSources={hasSources} />
      <OtherChanges title="Other resources" changes={others} hasSources={hasSources} />
      <OtherChanges title="Outputs" changes={outputs} hasSources={hasSources} />
      <OtherChanges title="Drift" changes={drift} hasSources={hasSources} />
    </Frame>
  );
}

/** The headline without its counts, which stand below it. */
function headOf(review: Review): string {
  return headlineOf(review).replace(/: .*/s, "");
}

/** The number of plans that the page names. Further ones are counted. */
const SOURCES_AT_MOST = 5;

function About({ review: { counts, sources } }: { readonly review: Review }): Markup {
  const left = sources.length - SOURCES_AT_MOST;
  return (
    <>
      {Object.keys(counts).length > 0 && `${countsOf(counts)}. `}
      Plan{sources.length === 1 ? "" : "s"}:{" "}
      {sources.slice(0, SOURCES_AT_MOST).map((source, index) => (
        <span>
          {index > 0 && ", "}
          <Name text={source === "-" ? "standard input" : source} />
        </span>
      ))}
      {left > 0 && ` and ${numberOf(left, "more plan")}`}
    </>
  );
}

function Groups({ rows, unchanged }: { readonly rows: readonly Row[]; readonly unchanged: number }): Markup {
  const figures = ALL_GROUPS.map((group) => ({
    text: GROUPS[group],
    count: rows.filter((row) => row.group === group).length,
    kind: group,
    filter: { id: "group", value: group },
  }));
  return <Figures figures={[...figures, { text: "Unchanged", count: unchanged }]} />;
}

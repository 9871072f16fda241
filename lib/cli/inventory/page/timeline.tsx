import { Fragment, h, type Markup } from "../../page/markup/markup";
import { Badge, Day, Name } from "../../page/text";
import { numberOf } from "../../show/numbers";
import { type Bar, barsOf } from "./bars";
import type { Row } from "./row";
import { daysText, urgencyOf } from "./inventory-listing";
import { STATES } from "./states";
import { type TimeAxis, timeAxis } from "./time-axis";

interface TimelineProps {
  readonly rows: readonly Row[];
  /** RFC 3339 */
  readonly now: string;
}

/** From when until when certificates are valid: those that end first one by one, and the others together, by when they end. */
export function Timeline({ rows, now }: TimelineProps): Markup {
  const { soonest, others } = barsOf(rows);
  if (soonest.length === 0) {
    return null;
  }
  const axis = timeAxis(now, [...soonest, ...others]);
  return (
    <section aria-labelledby="timeline">
      <h3 id="timeline">Validity</h3>
      <div class="timeline">
        <Scale axis={axis} now={now} />
        <Bars bars={soonest} axis={axis} now={now} label="Those that end first" />
        {others.length > 0 && (
          <>
            <h4>The others, by their end</h4>
            <Bars bars={others} axis={axis} now={now} label="The others, by their end" />
          </>
        )}
      </div>
    </section>
  );
}

/** Of attributes alone, for the policy of the page takes no style in elements. What it draws is said in words beside it. */
function Scale({ axis, now }: { readonly axis: TimeAxis; readonly now: string }): Markup {
  return (
    <div class="bar scale" aria-hidden="true">
      <svg class="track" width="100%" height="18">
        {axis.ticks
          .filter(({ position }) => position > 3 && position < 97)
          .map(({ text, position }) => (
            <text x={`${position}%`} y="12" text-anchor="middle">
              {text}
            </text>
          ))}
        <rect class="today" x={`${axis.position(now)}%`} y="15" width="2" height="3" />
      </svg>
    </div>
  );
}

interface BarsProps {
  readonly bars: readonly Bar[];
  readonly axis: TimeAxis;
  readonly now: string;
  readonly label: string;
}

function Bars({ bars, axis, now, label }: BarsProps): Markup {
  return (
    <ol aria-label={label}>
      {bars.map((bar) => (
        <li class="bar">
          <span class="label">
            <Name text={bar.text} />
            {bar.count > 1 && <span class="quiet"> {numberOf(bar.count, "certificate")}</span>}
            {bar.state !== "accepted" && (
              <>
                {" "}
                <Badge kind={bar.state} sign={STATES[bar.state].sign}>
                  {STATES[bar.state].text}
                </Badge>
              </>
            )}
          </span>
          <Track bar={bar} axis={axis} now={now} />
          <span class="ends">
            <Day time={bar.firstEnd} isAbout={bar.isEstimated} />{" "}
            <span class={`small ${urgencyOf(bar.daysLeft)}`}>{daysText(bar.daysLeft)}</span>
          </span>
        </li>
      ))}
    </ol>
  );
}

/** Of several, what is between their first and their last end is fainter. */
function Track({ bar, axis, now }: { readonly bar: Bar; readonly axis: TimeAxis; readonly now: string }): Markup {
  const [start, first, last, today] = [bar.start, bar.firstEnd, bar.end, now].map(axis.position) as [
    number,
    number,
    number,
    number,
  ];
  return (
    <svg
      class={`track ${bar.count > 1 ? "" : `${bar.state} ${urgencyOf(bar.daysLeft)}`}`}
      width="100%"
      height="16"
      aria-hidden="true"
    >
      {axis.ticks.map(({ position }) => (
        <rect class="tick" x={`${position}%`} y="0" width="1" height="16" />
      ))}
      <rect class="valid" x={`${start}%`} y="5" width={`${percent(first - start)}%`} height="6" rx="1" />
      {last > first && (
        <rect class="ending" x={`${first}%`} y="5" width={`${percent(last - first)}%`} height="6" rx="1" />
      )}
      <rect class="today" x={`${today}%`} y="0" width="2" height="16" />
    </svg>
  );
}

function percent(value: number): number {
  return Math.round(Math.max(0.3, value) * 100) / 100;
}

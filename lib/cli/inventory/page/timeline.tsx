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

/** The validity of certificates: one bar each for the first to expire, and bars for the others together, by expiry date. */
export function Timeline({ rows, now }: TimelineProps): Markup {
  const { soonest, others } = barsOf(rows);
  if (soonest.length === 0) {
    return null;
  }
  const axis = timeAxis(now, [...soonest, ...others]);
  return (
    <section aria-labelledby="timeline">
      <h3 id="timeline">Validity</h3>
      <Legend hasRenewals={[...soonest, ...others].some(({ renewal }) => renewal !== null)} />
      <div class="timeline">
        <Scale axis={axis} now={now} />
        <Bars bars={soonest} axis={axis} now={now} label="First to expire" />
        {others.length > 0 && (
          <>
            <h4>The others, by expiry date</h4>
            <Bars bars={others} axis={axis} now={now} label="The others, by expiry date" areTogether />
          </>
        )}
      </div>
    </section>
  );
}

/** The legend for the marks on bars. */
function Legend({ hasRenewals }: { readonly hasRenewals: boolean }): Markup {
  return (
    <p class="legend small quiet" aria-hidden="true">
      <span>
        <svg width="8" height="16">
          <rect class="today" x="3" y="0" width="2" height="16" />
        </svg>
        now
      </span>
      {hasRenewals && (
        <span>
          <svg width="8" height="16">
            <circle class="renewal" cx="4" cy="8" r="3" />
          </svg>
          due for renewal
        </span>
      )}
    </p>
  );
}

/** Uses attributes only, because the page's content security policy forbids inline styles. Words next to it say what it draws. */
function Scale({ axis, now }: { readonly axis: TimeAxis; readonly now: string }): Markup {
  return (
    <div class="bar scale" aria-hidden="true">
      <svg class="track" width="100%" height="18">
        {axis.ticks
          .filter(({ position }) => position > 8 && position < 92)
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
  /** Whether each bar stands for all certificates that expire in a period. */
  readonly areTogether?: boolean;
}

function Bars({ bars, axis, now, label, areTogether = false }: BarsProps): Markup {
  return (
    <ol aria-label={label}>
      {bars.map((bar) => (
        <li class="bar">
          <span class="label">
            <Name text={bar.text} />
            {areTogether && <span class="quiet"> {numberOf(bar.count, "certificate")}</span>}
            {(bar.state === "refused" || bar.state === "doubtful") && (
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
            {bar.renewal !== null && (
              <span class="unseen">
                renewal from <Day time={bar.renewal} isAbout={bar.isEstimated} />, expires{" "}
              </span>
            )}
            <Day time={bar.firstEnd} isAbout={bar.isEstimated} />{" "}
            <span class={`small ${urgencyOf(bar.daysLeft)}`}>{daysText(bar.daysLeft)}</span>
          </span>
        </li>
      ))}
    </ol>
  );
}

/** For several certificates, the part between the first and the last expiry date is fainter. */
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
      {bar.renewal !== null && <circle class="renewal" cx={`${axis.position(bar.renewal)}%`} cy="8" r="3" />}
    </svg>
  );
}

function percent(value: number): number {
  return Math.round(Math.max(0.3, value) * 100) / 100;
}

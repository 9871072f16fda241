import { h, type Markup } from "../../page/markup/markup";
import { type Figure, Figures } from "../../page/figures";
import { Badge } from "../../page/text";
import { ALL_GROUPS, countGroups, GROUPS } from "../../show/groups";
import { decimal } from "../../show/numbers";
import { endsThen, NEAR_DAYS, OVER } from "./ends";
import type { Row } from "./row";
import { ALL_STATES, stateOf, STATES } from "./states";

interface SummaryProps {
  readonly rows: readonly Row[];
  readonly unreadable: number;
}

/** The main counts of certificates. */
export function Summary({ rows, unreadable }: SummaryProps): Markup {
  const count = (isIt: (row: Row) => boolean): number => rows.filter(isIt).length;
  const figures: readonly Figure[] = [
    { text: "Certificates", count: rows.length },
    ...ALL_STATES.filter((state) => state !== "recorded" || rows.some((row) => stateOf(row) === state)).map(
      (state) => ({
        text: STATES[state].text,
        sign: STATES[state].sign,
        kind: state,
        count: count((row) => stateOf(row) === state),
        filter: { id: "state", value: state },
      }),
    ),
    ...endFigure("Expired", OVER, "over"),
    ...NEAR_DAYS.flatMap((days, index) =>
      endFigure(`Expire within ${days} days`, String(days), index === 0 ? "near" : "soon"),
    ),
    ...(unreadable > 0 ? [{ text: "Unreadable", count: unreadable, kind: "doubtful" }] : []),
  ];
  return (
    <div>
      <Figures figures={figures} />
      <Asks rows={rows} />
    </div>
  );

  function endFigure(text: string, value: string, kind: string): Figure[] {
    return [{ text, kind, count: count((row) => endsThen(row, value)), filter: { id: "end", value } }];
  }
}

/** The counts by group, as in all reports. */
function Asks({ rows }: { readonly rows: readonly Row[] }): Markup {
  const counts = countGroups(rows.map(({ group }) => group));
  return (
    <ul class="asks small" aria-label="Certificates by who must act">
      {ALL_GROUPS.flatMap((group) => {
        const count = counts[group];
        return count === undefined
          ? []
          : [
              <li>
                <a href="#list" data-filter="group" data-value={group}>
                  <Badge kind={group}>{GROUPS[group]}</Badge> {decimal(count)}
                </a>
              </li>,
            ];
      })}
    </ul>
  );
}

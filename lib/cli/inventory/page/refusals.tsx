import { h, type Markup } from "../../page/markup/markup";
import { groupedBy } from "../../page/grouped";
import { Badge, Name } from "../../page/text";
import { decimal, numberOf } from "../../show/numbers";
import type { Row } from "./row";
import { type State, stateOf, STATES } from "./states";

/** The most reasons to show, and the most names for each; the others are counted, and the list has all. */
const REASONS_AT_MOST = 12;
const NAMES_AT_MOST = 5;

interface RefusalsProps {
  readonly rows: readonly Row[];
  readonly state: Extract<State, "refused" | "doubtful">;
}

/** Why certificates are not accepted, or why that is unknown: each reason with its certificates, the most frequent first. */
export function Refusals({ rows, state }: RefusalsProps): Markup {
  const those = rows.filter((row) => stateOf(row) === state);
  const reasons = namesByReason(those);
  const left = reasons.length - REASONS_AT_MOST;
  return those.length === 0 ? null : (
    <section aria-labelledby={state}>
      <h3 id={state}>
        <Badge kind={state} sign={STATES[state].sign}>
          {STATES[state].text}
        </Badge>{" "}
        {numberOf(those.length, "certificate")}
      </h3>
      <ul class="reasons">
        {reasons.slice(0, REASONS_AT_MOST).map(([reason, names]) => (
          <Reason reason={reason} names={names} />
        ))}
      </ul>
      {left > 0 && <p class="quiet">and for {numberOf(left, "more reason")}, which the list has</p>}
    </section>
  );
}

function Reason({ reason, names }: { readonly reason: string; readonly names: readonly string[] }): Markup {
  const left = names.length - NAMES_AT_MOST;
  return (
    <li>
      <a href="#list" data-find={reason}>
        <bdi>{reason}</bdi>
      </a>{" "}
      <span class="count">{decimal(names.length)}</span>
      <div class="small quiet">
        {names.slice(0, NAMES_AT_MOST).map((name, index) => (
          <span>
            {index > 0 && ", "}
            <Name text={name} />
          </span>
        ))}
        {left > 0 && ` and ${decimal(left)} more`}
      </div>
    </li>
  );
}

function namesByReason(rows: readonly Row[]): (readonly [string, readonly string[]])[] {
  const all = rows.flatMap(({ address, reasons }) => reasons.map((reason) => ({ address, reason: undated(reason) })));
  return [...groupedBy(all, ({ reason }) => reason)]
    .map(([reason, those]) => [reason, those.map(({ address }) => address)] as const)
    .sort(([, one], [, other]) => other.length - one.length);
}

/** Without dates: "expired" is one reason for all days. */
function undated(reason: string): string {
  return reason.replace(/ (on|until|from) \d{4}-\d\d-\d\d/g, "");
}

import { Fragment, h, type Markup } from "./markup/markup";
import { isFailure, type Violation } from "../rules/violation";
import { decimal, numberOf } from "../show/numbers";
import { groupedBy } from "./grouped";
import { Badge, Name, Told } from "./text";

/** The number of violations that the page lists for a rule. Further ones are counted. */
const LISTED_AT_MOST = 100;

/** The broken rules, each with its violations. */
export function Violations({ violations }: { readonly violations: readonly Violation[] }): Markup {
  const rules = [...groupedBy(violations, ({ place, rule }) => `${place} ${rule}`).values()];
  return rules.length === 0 ? null : (
    <section aria-labelledby="rules">
      <h2 id="rules">Broken rules</h2>
      {rules.map((broken) => (
        <Rule broken={broken} />
      ))}
    </section>
  );
}

function Rule({ broken }: { readonly broken: readonly Violation[] }): Markup {
  const [{ rule, place }] = broken as readonly [Violation];
  const failing = broken.filter(isFailure).length;
  const shown = [...broken.filter(isFailure), ...broken.filter((each) => !isFailure(each))].slice(0, LISTED_AT_MOST);
  const left = broken.length - shown.length;
  return (
    <details class="rule" open={broken.length <= 10}>
      <summary>
        {failing > 0 ? (
          <Badge kind="refused" sign="✕">
            fails
          </Badge>
        ) : broken.every(isWaived) ? (
          <Badge kind="nothing">waived</Badge>
        ) : (
          <Badge kind="doubtful" sign="!">
            warns
          </Badge>
        )}{" "}
        <strong>{rule}</strong> <span class="count">{decimal(broken.length)}</span>{" "}
        <span class="small quiet">
          <Name text={place} />
        </span>
      </summary>
      <ul>
        {shown.map((violation) => (
          <li>
            <Violated violation={violation} />
          </li>
        ))}
      </ul>
      {left > 0 && <p class="quiet">and {numberOf(left, "more violation")}, listed by --format json</p>}
    </details>
  );
}

function isWaived({ waiver }: Violation): boolean {
  return waiver?.isOver === false;
}

function Violated({ violation: { address, message, declared, waiver } }: { readonly violation: Violation }): Markup {
  return (
    <>
      {address !== null && (
        <>
          <Name text={address} />
          {": "}
        </>
      )}
      <Told sentence={message} />
      {declared !== null && (
        <div class="small quiet">
          declared at <Name text={declared} />
        </div>
      )}
      {waiver !== null && (
        <div class="small quiet">
          {waiver.isOver ? "the waiver of " : `waived until ${waiver.until} by `}
          <Name text={waiver.owner} />
          {waiver.isOver ? ` expired on ${waiver.until}` : ": "}
          {!waiver.isOver && <bdi>{waiver.reason}</bdi>}
        </div>
      )}
    </>
  );
}

import { h, type Markup } from "../../page/markup/markup";
import { Name } from "../../page/text";
import { decimal } from "../../show/numbers";
import type { OtherChange } from "../other-change";
import type { Reload } from "../reload";

/** The number of entries that a list shows. Further ones are counted, because they are not about certificates. */
const LISTED_AT_MOST = 200;

interface OtherChangesProps {
  readonly title: string;
  readonly changes: readonly OtherChange[];
  readonly hasSources: boolean;
}

/** Changes that concern no certificate. */
export function OtherChanges({ title, changes, hasSources }: OtherChangesProps): Markup {
  return (
    <Folded title={title} count={changes.length}>
      {changes.slice(0, LISTED_AT_MOST).map(({ source, address, action, detail }) => (
        <li>
          <Name text={address} /> <bdi class="quiet">{action}</bdi>
          {detail !== undefined && <bdi class="small"> {detail}</bdi>}
          {hasSources && <In source={source} />}
        </li>
      ))}
    </Folded>
  );
}

interface ReloadsProps {
  readonly reloads: readonly Reload[];
  readonly hasSources: boolean;
}

/** The commands that run once the files are in place. */
export function Reloads({ reloads, hasSources }: ReloadsProps): Markup {
  return (
    <Folded title="Reload commands to run" count={reloads.length}>
      {reloads.slice(0, LISTED_AT_MOST).map(({ source, broker, command, reason }) => (
        <li>
          <Name text={broker} /> <bdi class="quiet">{reason}</bdi>
          {hasSources && <In source={source} />}
          <div>
            <code>{command}</code>
          </div>
        </li>
      ))}
    </Folded>
  );
}

function In({ source }: { readonly source: string }): Markup {
  return (
    <span class="small quiet">
      {" in "}
      <Name text={source} />
    </span>
  );
}

interface FoldedProps {
  readonly title: string;
  readonly count: number;
  readonly children: Markup;
}

function Folded({ title, count, children }: FoldedProps): Markup {
  const left = count - LISTED_AT_MOST;
  return count === 0 ? null : (
    <details class="folded" open={count <= 10}>
      <summary>
        <h2>{title}</h2> <span class="count">{decimal(count)}</span>
      </summary>
      <ul>{children}</ul>
      {left > 0 && <p class="quiet">and {decimal(left)} more, listed by --format json</p>}
    </details>
  );
}

import { Fragment, h, type Markup } from "./markup/markup";
import { decimal } from "../show/numbers";

/** A number in a page's summary. */
export interface Figure {
  readonly text: string;
  readonly count: number;
  /** The class that colours it, if the count is not 0. */
  readonly kind?: string;
  readonly sign?: string;
  /** The filter of the list that shows what is counted. */
  readonly filter?: { readonly id: string; readonly value: string };
}

/** The summary. A figure with a filter links to the list, and the script applies the filter. */
export function Figures({ figures }: { readonly figures: readonly Figure[] }): Markup {
  return (
    <ul class="figures" aria-label="Summary">
      {figures.map((figure) => (
        <li class={figure.count > 0 ? (figure.kind ?? "") : "none"}>
          {figure.filter === undefined || figure.count === 0 ? (
            <div>
              <FigureText figure={figure} />
            </div>
          ) : (
            <a href="#list" data-filter={figure.filter.id} data-value={figure.filter.value}>
              <FigureText figure={figure} />
            </a>
          )}
        </li>
      ))}
    </ul>
  );
}

function FigureText({ figure: { text, count, sign } }: { readonly figure: Figure }): Markup {
  return (
    <>
      <strong>{decimal(count)}</strong>{" "}
      <span>
        {sign !== undefined && <span aria-hidden="true">{sign} </span>}
        {text}
      </span>
    </>
  );
}

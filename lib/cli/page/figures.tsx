import { Fragment, h, type Markup } from "./markup/markup";
import { decimal } from "../show/numbers";

/** A number that sums a page up. */
export interface Figure {
  readonly text: string;
  readonly count: number;
  /** As the style colours it, where there are any. */
  readonly kind?: string;
  readonly sign?: string;
  /** The option of the list by which those are seen that are counted. */
  readonly filter?: { readonly id: string; readonly value: string };
}

/** A link leads to the list, and has its script choose. */
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

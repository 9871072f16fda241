import { Fragment, h, type Markup } from "./markup/markup";
import type { Sentence } from "../review/sentence";

/** A text from outside. It has its own writing direction, and may break anywhere. */
export function Name({ text, mark }: { readonly text: string; readonly mark?: "gone" | "new" }): Markup {
  const name = <bdi class="name">{text}</bdi>;
  return mark === undefined ? name : mark === "gone" ? <del>{name}</del> : <ins>{name}</ins>;
}

/** `2027-03-31`, or `about 2027-03-31`. */
export function Day({
  time,
  isAbout = false,
}: {
  readonly time: string;
  readonly isAbout?: boolean | undefined;
}): Markup {
  return (
    <>
      {isAbout && "about "}
      <time datetime={time} class="day">
        {time.slice(0, 10)}
      </time>
    </>
  );
}

/** A word that stands out. The sign is decoration: the word alone has the meaning. */
export function Badge({ kind, sign, children }: BadgeProps): Markup {
  return (
    <span class={`badge ${kind}`}>
      {sign !== undefined && <span aria-hidden="true">{sign} </span>}
      {children}
    </span>
  );
}

interface BadgeProps {
  readonly kind: string;
  readonly sign?: string;
  readonly children: Markup;
}

/** A sentence with texts of a plan. */
export function Told({ sentence }: { readonly sentence: Sentence }): Markup {
  return <bdi>{sentence.toString()}</bdi>;
}

import { Fragment, h, type Markup } from "./markup/markup";

interface FrameProps {
  readonly title: string;
  /** What it is of, and of when. */
  readonly about: Markup;
  /** Whether a list is among its parts. */
  readonly hasList: boolean;
  readonly children: Markup;
}

/** What all pages have around their parts. */
export function Frame({ title, about, hasList, children }: FrameProps): Markup {
  return (
    <>
      {hasList && (
        <a class="skip" href="#list">
          Skip to the list
        </a>
      )}
      <header>
        <h1>{title}</h1>
        <p class="quiet">{about}</p>
      </header>
      <main>{children}</main>
    </>
  );
}

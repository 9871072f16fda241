import { Fragment, h, type Markup } from "./markup/markup";

interface FrameProps {
  readonly title: string;
  /** The source and the time of the report. */
  readonly about: Markup;
  /** Whether the page has a list. */
  readonly hasList: boolean;
  readonly children: Markup;
}

/** The frame that all pages share. */
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

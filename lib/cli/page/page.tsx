import { Fragment, h, type Markup } from "./markup/markup";
import { htmlText, jsonText } from "../../errors";
import { toHtml } from "./markup/to-html";
import { type Assets, readAssets } from "./assets";
import type { PageData } from "./page-data";

/** The parts that differ between pages. */
export interface Page {
  readonly title: string;
  /** Everything visible, also without a script. */
  readonly body: Markup;
  /** The data for the script's list. */
  readonly data: PageData;
}

/** Writes a page as one HTML file. It contains its script and its style, and loads nothing. */
export function documentOf({ title, body, data }: Page): string {
  const assets = readAssets();
  const head = htmlText(toHtml(<Head title={title} assets={assets} />));
  const main = htmlText(toHtml(body));
  return [
    "<!doctype html>",
    `<html lang="en"><head>${head}<style>${assets.style}</style></head>`,
    `<body>${main}`,
    `<script type="application/json" id="data">${scriptText(data)}</script>`,
    `<script>${assets.script}</script></body></html>`,
    "",
  ].join("\n");
}

function Head({ title, assets }: { readonly title: string; readonly assets: Assets }): Markup {
  return (
    <>
      <meta charset="utf-8" />
      <meta http-equiv="Content-Security-Policy" content={assets.policy} />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="referrer" content="no-referrer" />
      <meta name="robots" content="noindex" />
      <title>{title}</title>
    </>
  );
}

/** JSON that cannot end a script element, or begin a comment. */
function scriptText(value: unknown): string {
  return jsonText(value).replace(/[<>&]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`);
}
